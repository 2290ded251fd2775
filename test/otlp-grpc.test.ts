import assert from 'node:assert/strict'
import { connect } from 'node:http2'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { HealthCheckRequestSchema, HealthCheckResponseSchema } from '../src/otlp/gen/grpc/health/v1/health_pb.ts'
import { ExportTraceServiceResponseSchema } from '../src/otlp/gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts'
import { AgentProcess, type Runtime } from './support/agent-process.ts'
import { GrpcClient } from './support/grpc-client.ts'
import { hex, jsonRequest, protobufRequest } from './support/otlp.ts'
import { FakeXray } from './support/fake-xray.ts'
import { waitFor } from './support/wait-for.ts'

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'

for (const runtime of ['binary', 'deno'] as const) suite(runtime)

interface RawCall {
  readonly status: string
  readonly message: string
  readonly details: string
  readonly body: Buffer
}

function suite(runtime: Runtime): void {
  const title = (text: string): string => `OTLP gRPC (${runtime}) ${text}`
  let aws: FakeXray
  let agent: AgentProcess
  before(async () => {
    aws = await new FakeXray().start()
    agent = await AgentProcess.start({
      runtime,
      config: `{
        receive: { otlp: { grpc: { maxMessageSize: '1MiB' } } },
        export: { xray: { region: 'us-west-2', endpoint: '${aws.url}' } },
        queue: { batchWait: '10ms' },
      }`,
    })
  })
  after(async () => {
    await agent.stop()
    await aws.stop()
  })
  /** Makes a call with the given headers. A content type in capitals is handled by Connect instead of the fast path. */
  const call = (message: Uint8Array, headers: Record<string, string>, flag = 0): Promise<RawCall> =>
    new Promise((resolve, reject) => {
      const session = connect(`http://${agent.address('otlp.grpc')}`)
      session.on('error', reject)
      const stream = session.request({ ':method': 'POST', ':path': EXPORT, te: 'trailers', ...headers })
      const prefix = Buffer.alloc(5)
      prefix[0] = flag
      prefix.writeUInt32BE(message.length, 1)
      const chunks: Buffer[] = []
      let heads: Record<string, unknown> = {}
      stream.on('response', (head) => (heads = { ...heads, ...head }))
      stream.on('trailers', (trailers) => (heads = { ...heads, ...trailers }))
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('error', reject)
      stream.on('end', () => {
        session.close()
        const text = (name: string): string => String(heads[name] ?? '')
        resolve({
          status: text('grpc-status'),
          message: decodeURIComponent(text('grpc-message')),
          details: text('grpc-status-details-bin'),
          body: Buffer.concat(chunks),
        })
      })
      stream.end(Buffer.concat([prefix, message]))
    })
  const arrived = (id: string): Promise<void> =>
    waitFor(() => aws.segments.some((segment) => segment['id'] === id), `segment ${id}`)

  for (const [path, type] of [['the fast path', 'application/grpc'], ['Connect', 'application/GRPC+proto']] as const) {
    const pathTitle = (text: string): string => title(`by ${path} ${text}`)
    const withType = (headers: Record<string, string> = {}): Record<string, string> => ({
      'content-type': type,
      ...headers,
    })

    test(pathTitle('accepts spans, plain and compressed'), async () => {
      const ids = [hex(8), hex(8)]
      const [plain, compressed] = ids.map((spanId) => protobufRequest(jsonRequest([{ spanId }])))
      assert.equal((await call(plain ?? new Uint8Array(0), withType())).status, '0')
      const answer = await call(gzipSync(compressed ?? new Uint8Array(0)), withType({ 'grpc-encoding': 'gzip' }), 1)
      assert.equal(answer.status, '0', answer.message)
      for (const id of ids) await arrived(id)
    })

    test(pathTitle('accepts an empty request'), async () => {
      assert.equal((await call(new Uint8Array(0), withType())).status, '0')
    })

    test(pathTitle('rejects invalid spans with their number and reason, and accepts the others'), async () => {
      const spanId = hex(8)
      const { status, body } = await call(
        protobufRequest(jsonRequest([{ spanId }, { spanId: '00'.repeat(8) }])),
        withType(),
      )
      assert.equal(status, '0')
      const { partialSuccess } = fromBinary(ExportTraceServiceResponseSchema, body.subarray(5))
      assert.equal(partialSuccess?.rejectedSpans, 1n)
      assert.match(partialSuccess?.errorMessage ?? '', /span id/)
      await arrived(spanId)
    })

    test(pathTitle('answers malformed bytes with INVALID_ARGUMENT'), async () => {
      assert.equal((await call(new Uint8Array([0x0a, 1, 0xff]), withType())).status, '3')
    })

    test(
      pathTitle('answers a message over the limit with RESOURCE_EXHAUSTED, compressed or decompressed'),
      async () => {
        assert.equal((await call(new Uint8Array(1_200_000), withType())).status, '8')
        const bomb = gzipSync(new Uint8Array(30_000_000))
        assert.equal((await call(bomb, withType({ 'grpc-encoding': 'gzip' }), 1)).status, '8')
      },
    )

    test(pathTitle('answers an unknown encoding with UNIMPLEMENTED'), async () => {
      assert.equal((await call(new Uint8Array([1]), withType({ 'grpc-encoding': 'snappy' }), 1)).status, '12')
    })
  }

  test(title('accepts a message of 900 KB, which is larger than the flow-control window'), async () => {
    const client = new GrpcClient(agent.address('otlp.grpc'))
    const spans = Array.from({ length: 600 }, () => ({ attributes: { text: 'x'.repeat(1200) } }))
    const { code, message } = await client.call(protobufRequest(jsonRequest(spans)))
    client.close()
    assert.equal(code, 0, message)
  })

  test(title('answers calls of other services with UNIMPLEMENTED, and says that it receives traces'), async () => {
    const client = new GrpcClient(agent.address('otlp.grpc'))
    const { code, message } = await client.call(
      new Uint8Array(0),
      '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
    )
    client.close()
    assert.equal(code, 12)
    assert.match(message, /receives traces/)
  })

  test(title('serves gRPC health checks'), async () => {
    const client = new GrpcClient(agent.address('otlp.grpc'))
    const check = (service: string) =>
      client.call(
        toBinary(HealthCheckRequestSchema, create(HealthCheckRequestSchema, { service })),
        '/grpc.health.v1.Health/Check',
      )
    for (const service of ['', 'opentelemetry.proto.collector.trace.v1.TraceService']) {
      const { code, body } = await check(service)
      assert.equal(code, 0)
      assert.equal(fromBinary(HealthCheckResponseSchema, body).status, 1)
    }
    assert.equal((await check('nobody')).code, 5)
    client.close()
  })

  test(title('survives aborted calls'), async () => {
    for (let i = 0; i < 20; i++) {
      const session = connect(`http://${agent.address('otlp.grpc')}`)
      session.on('error', () => {})
      const stream = session.request({
        ':method': 'POST',
        ':path': EXPORT,
        'content-type': 'application/grpc',
        te: 'trailers',
      })
      stream.on('error', () => {})
      stream.write(Buffer.from([0, 0, 0, 1, 0, 1, 2, 3]))
      await new Promise((resolve) => setImmediate(resolve))
      if (i % 2 === 0) stream.close(8)
      session.destroy()
    }
    const spanId = hex(8)
    assert.equal(
      (await call(protobufRequest(jsonRequest([{ spanId }])), { 'content-type': 'application/grpc' })).status,
      '0',
    )
    await arrived(spanId)
  })
}
