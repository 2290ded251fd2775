import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { AgentProcess, type Runtime } from './support/agent-process.ts'
import { FakeXray } from './support/fake-xray.ts'
import { GrpcClient } from './support/grpc-client.ts'
import { openHttp2, openRaw, rawCalls, residentBytes, sendAsSdk } from './support/hostile-client.ts'
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

  test(title('a connection with 100,000 calls that reads no answers lets others through'), async () => {
    const flood = openRaw(agent.port('otlp.grpc'))
    flood.socket.pause()
    flood.socket.write(rawCalls(EXPORT, 100_000))
    for (let i = 0; i < 5; i++) await sendAsSdk(agent, PATIENCE_MS)
    await waitFor(async () => await callGrpc() === 0, 'an answer by gRPC', PATIENCE_MS)
    flood.socket.destroy()
  })

  test(title('health watches are bounded'), async () => {
    const path = '/grpc.health.v1.Health/Watch'
    const answers: string[] = []
    const sessions = Array.from({ length: 5 }, () => openHttp2(agent.port('otlp.grpc')))
    for (const session of sessions) {
      for (let i = 0; i < 220; i++) {
        const call = session.request({
          ':method': 'POST',
          ':path': path,
          'content-type': 'application/grpc',
          te: 'trailers',
        })
        call.on('error', () => {})
        call.on('data', () => answers.push('watches'))
        call.on('trailers', (trailers) => answers.push(String(trailers['grpc-status'])))
        call.on('response', (head) => head['grpc-status'] === undefined || answers.push(String(head['grpc-status'])))
        call.end(Buffer.alloc(5))
      }
    }
    await waitFor(() => answers.length >= 1100, 'an answer to each')
    assert.equal(answers.filter((answer) => answer === 'watches').length, 1000)
    assert.equal(answers.filter((answer) => answer === '8').length, 100)
    for (const session of sessions) session.destroy()
    await waitFor(async () => await callGrpc() === 0, 'an answer by gRPC', PATIENCE_MS)
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

/** Starts an agent that may have 1,024 file descriptors. */
const startWithFew = (runtime: Runtime, url: string): Promise<AgentProcess> =>
  AgentProcess.start({
    runtime,
    wrap: ['sh', '-c', 'ulimit -n 1024; exec "$@"', 'sh'],
    config:
      `{ export: { xray: { region: 'us-west-2', endpoint: '${url}' }, local: false }, queue: { batchWait: '10ms' } }`,
  })

const doors: readonly [Runtime, string][] = [
  ...(['otlp.grpc', 'otlp.http', 'xray.proxy', 'admin'] as const).map((door) => ['binary', door] as [Runtime, string]),
  // Deno's own HTTP server does not show its connections.
  ['deno', 'otlp.grpc'],
]
for (const [runtime, door] of doors) {
  for (
    const [what, text] of [['silent', ''], [
      'half a head',
      'POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-',
    ]] as const
  ) {
    test(`1,300 connections (${what}) to ${door} (${runtime}) lock out nobody, and sending goes on`, {
      skip: onLinux ? false : 'only Linux says how many descriptors a process may have',
    }, async () => {
      const aws = await new FakeXray().start()
      const agent = await startWithFew(runtime, aws.url)
      const connections = Array.from({ length: 1300 }, () => openRaw(agent.port(door), text))
      await new Promise((resolve) => setTimeout(resolve, 300))
      for (let i = 1; i <= 3; i++) {
        await sendAsSdk(agent, PATIENCE_MS)
        await waitFor(() => aws.documents.length >= i, 'the document', PATIENCE_MS)
        const client = new GrpcClient(agent.address('otlp.grpc'))
        await waitFor(
          async () => (await client.call(protobufRequest(jsonRequest([{}])))).code === 0,
          'gRPC',
          PATIENCE_MS,
        )
        client.close()
      }
      assert.equal(agent.exitCode, undefined)
      // What is no HTTP/2 is closed at once.
      if (door !== 'otlp.grpc' || text === '') {
        assert.match(agent.log, /WARN.*(closed \d+ connection|file descriptors are in use)/)
      }
      for (const { socket } of connections) socket.destroy()
      assert.equal(await agent.stop(), 0)
      await aws.stop()
    })
  }
}

for (const runtime of ['binary', 'deno'] as const) {
  test(`a gRPC connection that never greets is closed (${runtime})`, async () => {
    const agent = await AgentProcess.start({ runtime })
    const silent = openRaw(agent.port('otlp.grpc'))
    await waitFor(() => silent.isClosed, 'the connection to be closed', 30_000)
    await agent.stop()
  })
}

test('a request by HTTP/1.0 without a Host is answered, and one with a malformed Host with 400', async () => {
  const agent = await AgentProcess.start()
  const ask = async (door: string, text: string): Promise<string> => {
    const connection = openRaw(agent.port(door), text)
    await waitFor(() => connection.received !== '', 'an answer')
    connection.socket.destroy()
    return connection.received.split('\r\n')[0] ?? ''
  }
  assert.match(await ask('admin', 'GET /healthz HTTP/1.0\r\n\r\n'), / 200 /)
  const body = jsonRequest([{}])
  const head = `POST /v1/traces HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`
  assert.match(await ask('otlp.http', head + body), / 200 /)
  for (const door of ['admin', 'otlp.http', 'xray.proxy']) {
    for (const host of ['[zz', 'a b/c d@%%', 'x:y:z']) {
      assert.match(await ask(door, `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`), / 4\d\d /, `${door} ${host}`)
    }
  }
  await agent.stop()
})
