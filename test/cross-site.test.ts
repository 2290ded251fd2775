import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, test } from 'node:test'
import { AgentProcess, type Runtime } from './support/agent-process.ts'
import { FakeXray } from './support/fake-xray.ts'
import { openRaw } from './support/hostile-client.ts'
import { jsonRequest } from './support/otlp.ts'
import { waitFor } from './support/wait-for.ts'

for (const runtime of ['binary', 'deno'] as const) suite(runtime)

function suite(runtime: Runtime): void {
  const title = (text: string): string => `requests of other sites (${runtime}): ${text}`
  let aws: FakeXray
  let agent: AgentProcess
  before(async () => {
    aws = await new FakeXray().start()
    agent = await AgentProcess.start({
      runtime,
      config: `{
        receive: { otlp: { http: { allowedOrigins: ['https://*.example.com'] } } },
        export: { xray: { region: 'us-west-2', endpoint: '${aws.url}' } },
      }`,
    })
  })
  after(async () => {
    await agent.stop()
    await aws.stop()
  })
  /** Posts with headers that `fetch` does not let through. @returns the status */
  const post = (door: string, path: string, headers: Record<string, string>, body: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const call = request(`http://${agent.address(door)}${path}`, { method: 'POST', headers })
      call.on('response', (response) => resolve(response.resume().statusCode ?? 0))
      call.on('error', reject)
      call.end(body)
    })
  const json = { 'content-type': 'application/json' }

  test(title('nothing that a page can send to port 2000 is signed'), async () => {
    const send = (headers: Record<string, string>) => post('xray.proxy', '/SamplingTargets', headers, '{}')
    assert.equal(await send({ ...json, origin: 'https://evil.example' }), 403)
    assert.equal(await send({ ...json, host: 'evil.example' }), 421)
    const page = { 'sec-fetch-site': 'cross-site' }
    assert.equal(await send({ ...page, 'content-type': 'text/plain' }), 415)
    assert.equal(await send({ ...page, 'content-type': 'application/x-www-form-urlencoded' }), 415)
    assert.equal(await send({ 'content-type': 'text/plain', origin: 'null' }), 403)
    assert.equal(aws.calls.length, 0)
    for (
      const headers of [json, {}, { 'content-type': 'text/plain' }, { ...json, host: 'localhost:2000' }]
    ) {
      assert.equal(await send(headers), 200)
    }
    assert.equal(aws.calls.length, 4)
  })

  test(title('port 4318 takes those of allowed origins only'), async () => {
    const send = (headers: Record<string, string>) =>
      post('otlp.http', '/v1/traces', { ...json, ...headers }, jsonRequest([{}]))
    assert.equal(await send({}), 200)
    assert.equal(await send({ origin: 'https://shop.example.com' }), 200)
    assert.equal(await send({ host: 'shop.example.com' }), 200)
    assert.equal(await send({ host: '10.1.2.3:4318' }), 200)
    assert.equal(await send({ origin: 'https://evil.example' }), 403)
    assert.equal(await send({ origin: 'null' }), 403)
    assert.equal(await send({ host: 'evil.example' }), 421)
  })

  test(title('a request that is broken off writes no error of the runtime to the log'), async () => {
    const before = agent.log.length
    for (
      const [door, path] of [['xray.proxy', '/SamplingTargets'], ['admin', '/TraceSegments'], [
        'otlp.http',
        '/v1/traces',
      ]] as const
    ) {
      for (let i = 0; i < 50; i++) {
        const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${
          i % 2 === 0 ? 100 : 100_000
        }\r\n\r\n{`
        const connection = openRaw(agent.port(door), head)
        await new Promise((resolve) => connection.socket.once('connect', () => setTimeout(resolve, 2)))
        connection.socket.destroy()
        await waitFor(() => connection.isClosed, 'the connection to be closed')
      }
    }
    assert.equal((await agent.admin('/healthz')).status, 200)
    for (const line of agent.log.slice(before).trim().split('\n')) assert.match(line, /^$|^\d{4}-\d\d-\d\dT\S+ WARN /)
    assert.ok(agent.log.length - before < 5000, agent.log.slice(before, before + 2000))
  })

  test(title('a user agent is logged and counted by its start only'), async () => {
    const agentName = 'x'.repeat(8000)
    await post('otlp.http', '/v1/traces', { ...json, 'user-agent': agentName }, jsonRequest([{ spanId: '00' }]))
    await waitFor(() => agent.log.includes('rejected data from xxx'), 'the log line')
    const { counts } = await (await agent.admin('/status')).json()
    assert.ok(!agent.log.includes('x'.repeat(200)))
    assert.ok(Object.keys(counts.senders).every((name) => name.length <= 100))
  })
}
