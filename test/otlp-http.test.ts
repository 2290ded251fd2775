import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { fromBinary } from '@bufbuild/protobuf'
import { createClient } from '@connectrpc/connect'
import { createConnectTransport, createGrpcWebTransport } from '@connectrpc/connect-web'
import { StatusSchema } from '../src/otlp/gen/google/rpc/status_pb.ts'
import {
  ExportTraceServiceResponseSchema,
  TraceService,
} from '../src/otlp/gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts'
import { AgentProcess, type Runtime } from './support/agent-process.ts'
import { hex, jsonRequest, protobufRequest } from './support/otlp.ts'
import { FakeXray } from './support/fake-xray.ts'
import { waitFor } from './support/wait-for.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const PROTOBUF = { 'content-type': 'application/x-protobuf' }
type Body = string | Uint8Array<ArrayBuffer>

for (const runtime of ['binary', 'deno'] as const) suite(runtime)

function suite(runtime: Runtime): void {
  const title = (text: string): string => `OTLP HTTP (${runtime}) ${text}`
  let aws: FakeXray
  let agent: AgentProcess
  before(async () => {
    aws = await new FakeXray().start()
    agent = await AgentProcess.start({
      runtime,
      config: `{
        receive: { otlp: { http: { maxBodySize: '1MiB', allowedOrigins: ['https://*.example.com'] } } },
        export: { xray: { region: 'us-west-2', endpoint: '${aws.url}' } },
        queue: { batchWait: '10ms' },
      }`,
    })
  })
  after(async () => {
    await agent.stop()
    await aws.stop()
  })
  const post = (body: Body, headers: Record<string, string>, path = '/v1/traces'): Promise<Response> =>
    fetch(`http://${agent.address('otlp.http')}${path}`, { method: 'POST', headers, body })
  const arrived = async (id: string): Promise<Record<string, unknown>> => {
    const find = () => aws.segments.find((segment) => segment['id'] === id)
    await waitFor(() => find() !== undefined, `segment ${id}`)
    return find() ?? {}
  }

  test(title('answers JSON with JSON and protobuf with protobuf'), async () => {
    const json = jsonRequest([{}])
    const answer = await post(json, JSON_TYPE)
    assert.equal(answer.status, 200)
    assert.deepEqual(await answer.json(), { partialSuccess: {} })
    const binary = await post(protobufRequest(json), PROTOBUF)
    assert.equal(binary.headers.get('content-type'), 'application/x-protobuf')
    assert.equal((await binary.arrayBuffer()).byteLength, 0)
  })

  for (
    const [encoding, compress] of Object.entries({
      gzip: gzipSync,
      deflate: deflateSync,
      'deflate without its header': deflateRawSync,
      zstd: zstdCompressSync,
    })
  ) {
    test(title(`decompresses ${encoding}`), async () => {
      const spanId = hex(8)
      const body = new Uint8Array(compress(protobufRequest(jsonRequest([{ spanId }]))))
      const answer = await post(body, { ...PROTOBUF, 'content-encoding': encoding.split(' ')[0] ?? '' })
      assert.equal(answer.status, 200)
      await arrived(spanId)
    })
  }

  test(title('accepts snake_case names, enum names, integers as numbers and ids in capitals'), async () => {
    const spanId = hex(8)
    const body = `{"resource_spans":[{"scope_spans":[{"spans":[{"trace_id":"${
      hex(16).toUpperCase()
    }","span_id":"${spanId.toUpperCase()}",
      "name":"a \\u00e4 \\ud83d\\ude00","kind":"SPAN_KIND_CLIENT","start_time_unix_nano":1700000000000000001,"end_time_unix_nano":"1700000000000000002",
      "status":{"code":"STATUS_CODE_ERROR"},"attributes":[{"key":"big","value":{"int_value":9007199254740993}}],"unknown":[{"a":1}]}]}]}]}`
    assert.equal((await post(body, JSON_TYPE)).status, 200)
    const segment = await arrived(spanId)
    assert.equal(segment['name'], 'a ä ')
    assert.equal(segment['namespace'], 'remote')
    assert.equal(segment['fault'], true)
    assert.ok(
      aws.documents.some((document) =>
        document.includes('"big":9007199254740993') && document.includes('1700000000.000000001')
      ),
    )
  })

  test(title('drops an integer that does not fit into 64 bits, and keeps its span'), async () => {
    const spanId = hex(8)
    const body = jsonRequest([{ spanId, attributes: { n: 7, kept: 'yes' } }]).replace(
      '{"intValue":"7"}',
      '{"intValue":1e+308}',
    )
    const answer = await post(body, JSON_TYPE)
    assert.equal(answer.status, 200)
    assert.match(JSON.stringify(await answer.json()), /do not fit/)
    assert.deepEqual((await arrived(spanId))['metadata'], {
      default: { 'otel.resource.service.name': 'shop', kept: 'yes' },
    })
  })

  test(title('rejects invalid spans with their number and reason, and accepts the others'), async () => {
    const spanId = hex(8)
    const json = jsonRequest([{ spanId }, { traceId: '00'.repeat(16) }])
    const answer = await post(json, JSON_TYPE)
    assert.equal(answer.status, 200)
    const { partialSuccess } = await answer.json() as {
      partialSuccess: { rejectedSpans: string; errorMessage: string }
    }
    assert.equal(partialSuccess.rejectedSpans, '1')
    assert.match(partialSuccess.errorMessage, /trace id/)
    const binary = await post(protobufRequest(json), PROTOBUF)
    const decoded = fromBinary(ExportTraceServiceResponseSchema, new Uint8Array(await binary.arrayBuffer()))
    assert.equal(decoded.partialSuccess?.rejectedSpans, 1n)
    await arrived(spanId)
  })

  test(title('answers malformed requests with a google.rpc.Status in the encoding of the request'), async () => {
    for (const body of ['{', '[]', '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"xyz"}]}]}]}', 'null']) {
      const answer = await post(body, JSON_TYPE)
      assert.equal(answer.status, 400, body)
      assert.equal((await answer.json() as { code: number }).code, 3)
    }
    const binary = await post(new Uint8Array([0x0a, 0xff]), PROTOBUF)
    assert.equal(binary.status, 400)
    assert.equal(fromBinary(StatusSchema, new Uint8Array(await binary.arrayBuffer())).code, 3)
    assert.equal((await post(new Uint8Array([1, 2, 3]), { ...PROTOBUF, 'content-encoding': 'gzip' })).status, 400)
  })

  test(title('rejects other methods with 405, other types and encodings with 415, other paths with 404'), async () => {
    const url = `http://${agent.address('otlp.http')}/v1/traces`
    const get = await fetch(url)
    assert.equal(get.status, 405)
    assert.equal(get.headers.get('allow'), 'POST')
    assert.equal((await post('x', { 'content-type': 'text/plain' })).status, 415)
    assert.equal((await post('x', { ...PROTOBUF, 'content-encoding': 'br' })).status, 415)
    const metrics = await post('{}', JSON_TYPE, '/v1/metrics')
    assert.equal(metrics.status, 404)
    assert.match(await metrics.text(), /receives traces/)
  })

  test(title('rejects a body over the limit with 413, compressed or decompressed'), async () => {
    const long = new Uint8Array(1_100_000)
    assert.equal((await post(long, PROTOBUF)).status, 413)
    const bomb = new Uint8Array(gzipSync(new Uint8Array(30_000_000)))
    const answer = await post(bomb, { ...PROTOBUF, 'content-encoding': 'gzip' })
    assert.equal(answer.status, 413)
    assert.equal(fromBinary(StatusSchema, new Uint8Array(await answer.arrayBuffer())).code, 8)
  })

  test(title('allows cross-origin requests from allowed origins only'), async () => {
    const ask = (origin: string): Promise<Response> =>
      fetch(`http://${agent.address('otlp.http')}/v1/traces`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
      })
    assert.equal(
      (await ask('https://shop.example.com')).headers.get('access-control-allow-origin'),
      'https://shop.example.com',
    )
    assert.equal((await ask('https://evil.test')).headers.get('access-control-allow-origin'), null)
  })

  test(title('serves gRPC-Web and Connect clients'), async () => {
    const baseUrl = `http://${agent.address('otlp.http')}`
    const ids: string[] = []
    for (
      const transport of [
        createGrpcWebTransport({ baseUrl }),
        createConnectTransport({ baseUrl, useBinaryFormat: true }),
      ]
    ) {
      const spanId = hex(8)
      ids.push(spanId)
      const request = protobufRequest(jsonRequest([{ spanId }]))
      // One ResourceSpans: its bytes follow a tag and a length.
      const lengthBytes = request.length > 130 ? 2 : 1
      await createClient(TraceService, transport).export({ resourceSpans: [request.subarray(1 + lengthBytes)] })
    }
    const spanId = hex(8)
    const json = await post(
      jsonRequest([{ spanId }]),
      JSON_TYPE,
      '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    )
    assert.equal(json.status, 200)
    for (const id of [...ids, spanId]) await arrived(id)
  })
}
