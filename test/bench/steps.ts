import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AwsV4Signer } from 'aws4fetch'
import { fromBinary } from '@bufbuild/protobuf'
import { BatchSigner } from '../../src/aws/batch-signer.ts'
import { jsonToProtobuf } from '../../src/otlp/json-to-protobuf.ts'
import { randomIds } from '../../src/bytes/random-ids.ts'
import { Spool } from '../../src/queue/spool.ts'
import { DocumentGroup } from '../../src/segment/document-group.ts'
import { Translator } from '../../src/translate/translator.ts'
import { ExportTraceServiceRequestSchema } from '../gen/otlp/trace_pb.ts'
import { hex, jsonRequest, protobufRequest, type TestSpan } from '../support/otlp.ts'

const SPANS = 100
const http = {
  'http.request.method': 'GET',
  'server.address': 'shop.example.com',
  'http.response.status_code': 200,
  'network.protocol.version': '1.1',
  'thread.id': 42,
}
const shapes: TestSpan[] = [
  {
    kind: 2,
    name: 'GET /orders',
    attributes: {
      ...http,
      'url.scheme': 'https',
      'url.path': '/api/orders/831',
      'user_agent.original': 'Mozilla/5.0',
      'client.address': '203.0.113.7',
      'http.route': '/orders',
    },
  },
  { kind: 3, name: 'GET', attributes: { ...http, 'url.full': 'https://inventory.example.com/v1/items/99?fields=a,b' } },
  {
    kind: 3,
    name: 'SELECT orders',
    attributes: {
      'db.system': 'postgresql',
      'db.name': 'orders',
      'db.user': 'app',
      'db.statement': 'SELECT id FROM orders WHERE id = $1',
      'net.peer.name': 'db',
      'thread.id': 42,
    },
  },
  {
    kind: 3,
    name: 'DynamoDB.GetItem',
    attributes: {
      'rpc.system': 'aws-api',
      'rpc.service': 'DynamoDB',
      'rpc.method': 'GetItem',
      'aws.region': 'us-west-2',
      'aws.request_id': 'QVG6T0MS1A2B3C4D',
      'aws.table_name': 'carts',
    },
  },
  {
    kind: 1,
    name: 'OrderService.price',
    attributes: {
      'order.id': '831',
      'order.items': 12,
      'order.total': 129.95,
      'order.express': true,
      'code.function': 'price',
    },
  },
]
const resource = {
  'service.name': 'checkout',
  'service.version': '1.42.0',
  'telemetry.sdk.language': 'java',
  'telemetry.sdk.name': 'opentelemetry',
  'cloud.provider': 'aws',
  'cloud.platform': 'aws_ec2',
  'host.id': 'i-0123456789abcdef0',
}
const bodies = Array.from(
  { length: 20 },
  () =>
    jsonRequest(
      Array.from({ length: SPANS }, (_, i) => ({ ...shapes[i % shapes.length], parentSpanId: hex(8) })),
      resource,
    ),
)
const json = bodies.map((body) => new TextEncoder().encode(body))
const protobuf = bodies.map(protobufRequest)

function microseconds(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Prints the CPU time per span. @param spans that one call of `step` handles */
async function bench(name: string, spans: number, step: (i: number) => unknown): Promise<void> {
  let best = Infinity
  let calls = 50
  for (let pass = 0; pass < 7; pass++) {
    const start = microseconds()
    for (let i = 0; i < calls; i++) await step(i)
    const cost = (microseconds() - start) / calls / spans
    if (pass > 1) best = Math.min(best, cost)
    calls = Math.min(5000, Math.ceil(300_000 / Math.max(1, cost * spans)))
  }
  process.stdout.write(`${name.padEnd(58)} ${best.toFixed(2).padStart(7)} µs per span\n`)
}

const pick = <T>(list: readonly T[], i: number): T => list[i % list.length] as T // the lists are not empty
const group = new DocumentGroup()
const translator = new Translator({ indexedAttributes: [], indexAllAttributes: false, logGroups: [] }, randomIds())

await bench('translate: protobuf to documents', SPANS, (i) => {
  group.rollBack(0)
  translator.translate(pick(protobuf, i), group)
})
const single = Array.from({ length: 20 }, (_, i) => protobufRequest(jsonRequest([pick(shapes, i)], resource)))
const singleGroup = new DocumentGroup()
await bench('translate: the same, one span per request', 1, (i) => {
  singleGroup.rollBack(0)
  translator.translate(pick(single, i), singleGroup)
})
await bench(
  'for comparison: generated decoder alone',
  SPANS,
  (i) => fromBinary(ExportTraceServiceRequestSchema, pick(protobuf, i)),
)
await bench('otlp: JSON to protobuf', SPANS, (i) => jsonToProtobuf(pick(json, i)))
await bench('for comparison: JSON.parse alone', SPANS, (i) => JSON.parse(pick(bodies, i)))

const body = group.writer.bytes.slice(0, group.writer.length >> 1)
const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
const url = 'https://xray.us-west-2.amazonaws.com/TraceSegments'
const signer = new BatchSigner(new URL(url), 'us-west-2')
await bench(
  `aws: sign a request of 50 documents, ${body.length >> 10} KiB`,
  50,
  () => signer.sign(body, keys, Date.now()),
)
const cache = new Map<string, ArrayBuffer>()
await bench(
  'for comparison: aws4fetch',
  50,
  () => new AwsV4Signer({ url, method: 'POST', body, service: 'xray', region: 'us-west-2', cache, ...keys }).sign(),
)

const dir = mkdtempSync(join(tmpdir(), 'rontgen-bench-'))
const spool = new Spool({ dir, sync: 'normal' })
const lane = spool.lane('xray')
const many = new DocumentGroup()
for (let i = 0; i < 8; i++) translator.translate(pick(protobuf, i), many)
const block = many.take()
let acknowledged: number[] = []
await bench('queue: commit 800 documents, and delete 800', block.ends.length, () => {
  const change = { block, lanes: [lane], acknowledged: [{ lane, rows: acknowledged }], deadLetters: [] }
  const row = spool.commit(change, Date.now())
  acknowledged = row === undefined ? [] : [row.id]
})
spool.close()
rmSync(dir, { recursive: true })
