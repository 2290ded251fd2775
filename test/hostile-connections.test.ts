import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { AgentProcess, type Runtime } from './support/agent-process.ts'
import { GrpcClient } from './support/grpc-client.ts'
import { openHttp2, openRaw, residentBytes, sendAsSdk } from './support/hostile-client.ts'
import { jsonRequest, protobufRequest } from './support/otlp.ts'
import { waitFor } from './support/wait-for.ts'

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
/** A good client may wait so long, with its retries, in milliseconds. */
const PATIENCE_MS = 10_000
const onLinux = process.platform === 'linux'

for (const runtime of ['binary', 'deno'] as const) suite(runtime)

function suite(runtime: Runtime): void {
  const title = (text: string): string => `hostile connections (${runtime}): ${text}`
  let agent: AgentProcess
  before(async () => {
    agent = await AgentProcess.start({ runtime })
  })
  after(async () => {
    await agent.stop()
  })
  const callGrpc = async (): Promise<number> => {
    const client = new GrpcClient(agent.address('otlp.grpc'))
    const { code } = await client.call(protobufRequest(jsonRequest([{}])))
    client.close()
    return code
  }

  test(title('heads that declare bodies which never come take no room'), async () => {
    const port = agent.port('otlp.http')
    const head = (length: number): string =>
      `POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-protobuf\r\nContent-Length: ${length}\r\n\r\n`
    const stalled = [...Array(4).fill(16 << 20), ...Array(64).fill(1 << 20)].map((length) =>
      openRaw(port, head(length))
    )
    await sendAsSdk(agent, PATIENCE_MS)
    assert.equal(await callGrpc(), 0)
    for (const { socket } of stalled) socket.destroy()
  })

  test(title('bodies that stop coming give way to others'), async () => {
    const session = openHttp2(agent.port('otlp.grpc'))
    const calls = Array.from({ length: 4 }, () => {
      const call = session.request({
        ':method': 'POST',
        ':path': EXPORT,
        'content-type': 'application/grpc',
        te: 'trailers',
      })
      call.on('error', () => {})
      call.write(Buffer.alloc(17 << 20))
      return call
    })
    const port = agent.port('otlp.http')
    const head =
      'POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-protobuf\r\nContent-Length: 19000000\r\n\r\n'
    const stalled = Array.from(
      { length: 4 },
      () => openRaw(port, Buffer.concat([Buffer.from(head), Buffer.alloc(16 << 20)])),
    )
    await sendAsSdk(agent, PATIENCE_MS)
    await waitFor(async () => await callGrpc() === 0, 'an answer by gRPC', PATIENCE_MS)
    for (const call of calls) call.destroy()
    session.destroy()
    for (const { socket } of stalled) socket.destroy()
  })

  test(title('a body that does not come is answered 408, and its connection closed'), async () => {
    const port = agent.port('otlp.http')
    const head =
      'POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{'
    const stalled = openRaw(port, head)
    await waitFor(() => stalled.received !== '', 'the answer', 60_000)
    assert.match(stalled.received, /^HTTP\/1.1 408 /)
    // Deno goes on waiting for the rest of the body.
    if (runtime === 'binary') await waitFor(() => stalled.isClosed, 'the connection to be closed')
  })

  test(title('bodies by Connect and at the admin port count while they arrive'), { skip: !onLinux }, async () => {
    const before = residentBytes(agent)
    const body = Buffer.alloc(15 << 20)
    const head = (path: string, type: string): Buffer =>
      Buffer.from(
        `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ${type}\r\nContent-Length: ${16 << 20}\r\n\r\n`,
      )
    const small = (path: string, type: string): Buffer =>
      Buffer.from(
        `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ${type}\r\nContent-Length: ${1 << 20}\r\n\r\n`,
      )
    const stalled = [
      ...Array.from(
        { length: 40 },
        () => openRaw(agent.port('otlp.http'), Buffer.concat([head(EXPORT, 'application/proto'), body])),
      ),
      ...Array.from(
        { length: 200 },
        () =>
          openRaw(
            agent.port('admin'),
            Buffer.concat([small('/TraceSegments', 'application/json'), body.subarray(0, 1_000_000)]),
          ),
      ),
    ]
    await sendAsSdk(agent, PATIENCE_MS)
    let peak = 0
    for (let i = 0; i < 30; i++) {
      peak = Math.max(peak, residentBytes(agent))
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    assert.ok(peak - before < 600e6, `${Math.round((peak - before) / 1e6)} MB`)
    await sendAsSdk(agent, PATIENCE_MS)
    assert.equal((await agent.admin('/healthz')).status, 200)
    for (const { socket } of stalled) socket.destroy()
  })

  test(title('a connection that opens more calls than the limit has the rest refused'), async () => {
    const session = openHttp2(agent.port('otlp.grpc'))
    const seen = new Promise<number | undefined>((resolve) =>
      session.once('remoteSettings', ({ maxConcurrentStreams }) => resolve(maxConcurrentStreams))
    )
    const limit = await seen ?? 0
    assert.ok(limit >= 100 && limit <= 1000, `${limit} streams are announced`)
    session.destroy()
    assert.equal(await callGrpc(), 0)
  })
}
