import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fromBinary } from '@bufbuild/protobuf'
import { anyUnpack } from '@bufbuild/protobuf/wkt'
import { RetryInfoSchema, StatusSchema } from '../src/otlp/gen/google/rpc/status_pb.ts'
import { type AgentOptions, AgentProcess, type Runtime } from './support/agent-process.ts'
import { GrpcClient } from './support/grpc-client.ts'
import { hex, jsonRequest, protobufRequest } from './support/otlp.ts'
import { FakeXray } from './support/fake-xray.ts'
import { waitFor } from './support/wait-for.ts'

for (const runtime of ['binary', 'deno'] as const) suite(runtime)

function suite(runtime: Runtime): void {
  const title = (text: string): string => `delivery (${runtime}) ${text}`
  const start = (aws: FakeXray, options: AgentOptions = {}): Promise<AgentProcess> =>
    AgentProcess.start({
      runtime,
      config:
        `{ export: { xray: { region: 'us-west-2', endpoint: '${aws.url}', timeout: '1s' } }, queue: { batchWait: '10ms' } }`,
      ...options,
    })
  const send = async (agent: AgentProcess, count: number): Promise<string[]> => {
    const ids = Array.from({ length: count }, () => hex(8))
    const body = jsonRequest(ids.map((spanId) => ({ spanId })))
    const answer = await fetch(`http://${agent.address('otlp.http')}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    assert.equal(answer.status, 200)
    return ids
  }
  const arrived = (aws: FakeXray): string[] => aws.segments.map(({ id }) => String(id)).sort()
  const scenario = (
    name: string,
    run: (aws: FakeXray, agent: AgentProcess) => Promise<void>,
    config?: string,
  ): void => {
    test(title(name), async () => {
      const aws = await new FakeXray().start()
      const xray = `{ region: 'us-west-2', endpoint: '${aws.url}' }`
      const agent = await start(aws, config === undefined ? {} : { config: config.replace('XRAY', xray) })
      try {
        await run(aws, agent)
      } finally {
        await agent.stop()
        await aws.stop()
      }
    })
  }

  for (
    const [name, fault] of Object.entries(
      {
        'a 500': { status: 500 },
        'a throttling 429 with Retry-After': {
          status: 429,
          body: { message: 'slow' },
          headers: { 'retry-after': '1' },
        },
        'a 429 without Retry-After': { status: 429 },
        'a throttling 400': { status: 400, headers: { 'x-amzn-errortype': 'ThrottlingException' } },
        'a 408': { status: 408 },
        'an expired token': { status: 403, headers: { 'x-amzn-errortype': 'ExpiredTokenException' } },
        'a closed connection': 'close',
        'half an answer': 'half',
        'no answer': 'hang',
      } as const,
    )
  ) {
    scenario(`retries after ${name}, and delivers each document once`, async (aws, agent) => {
      aws.faults.push(fault)
      const ids = await send(agent, 60)
      await waitFor(() => aws.documents.length >= 60, 'all documents')
      assert.deepEqual(arrived(aws), ids.sort())
      const logged = typeof fault === 'object' && /429|throttling/.test(name)
        ? /Delivery to xray is limited to 4 requests/
        : /Delivery to xray fails[^]*Delivery to xray works again/
      await waitFor(() => logged.test(agent.log), 'the log')
    })
  }

  scenario('retries unprocessed documents, and dead-letters those that X-Ray rejects', async (aws, agent) => {
    const rejected: string[] = []
    aws.faults.push(([document]) => {
      const { id } = JSON.parse(document ?? '{}')
      const last = String(id).slice(-1)
      if (last === '0') {
        rejected.push(String(id))
        return { Id: id, ErrorCode: 'InvalidSegment', Message: 'no good' }
      }
      return /[1-4]/.test(last) ? { Id: id, ErrorCode: 'ThrottledException', Message: 'later' } : undefined
    })
    const ids = await send(agent, 50)
    await waitFor(() => arrived(aws).length >= 50 - new Set(rejected).size && aws.requests >= 2, 'the others')
    assert.deepEqual(arrived(aws), ids.filter((id) => !rejected.includes(id)).sort())
    await waitFor(
      () => rejected.length === 0 || /dead letters?.*InvalidSegment: no good/.test(agent.log),
      'the dead letters in the log',
    )
  })

  scenario('finds a rejected document that has no id, and sends the others once', async (aws, agent) => {
    const socket = createSocket('udp4')
    const bad = `[{"id":"${hex(8)}"}]`
    const good = Array.from({ length: 30 }, (_, i) => (i % 10 === 0 ? `[{"id":"${hex(8)}"}, 1]` : `{"id":"${hex(8)}"}`))
    aws.fault = ([document]) =>
      document === bad ? { Id: null, ErrorCode: 'InvalidSegment', Message: 'unreadable' } : undefined
    for (const document of [...good, bad]) {
      socket.send(`{"format":"json","version":1}\n${document}`, agent.port('xray.udp'), '127.0.0.1')
    }
    await waitFor(() => /became (a )?dead letter/.test(agent.log) && new Set(aws.documents).size === 30, 'the others')
    // Documents without an id may be sent again while the bad one is searched; the others are not.
    const named = aws.documents.filter((document) => document.startsWith('{')).sort()
    assert.deepEqual(named, good.filter((document) => document.startsWith('{')).sort())
    assert.match(agent.log, /InvalidSegment: unreadable/)
    socket.close()
  })

  scenario('finds the one document for which X-Ray rejects a batch', async (aws, agent) => {
    let bad = ''
    aws.fault = (
      documents,
    ) => (documents.some((document) => document.includes(bad)) && documents.length > 0 && bad !== ''
      ? { status: 400 }
      : undefined)
    const ids = Array.from({ length: 40 }, () => hex(8))
    bad = ids[17] ?? ''
    const answer = await fetch(`http://${agent.address('otlp.http')}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: jsonRequest(ids.map((spanId) => ({ spanId }))),
    })
    assert.equal(answer.status, 200)
    await waitFor(() => arrived(aws).length >= 39 && /became (a )?dead letter/.test(agent.log), 'the others')
    assert.deepEqual(arrived(aws), ids.filter((id) => id !== bad).sort())
  })

  test(title('delivers what it acknowledged before a SIGKILL after the next start'), async () => {
    const dir = mkdtempSync(join(tmpdir(), 'rontgen-spool-'))
    const aws = await new FakeXray().start()
    aws.fault = { status: 500 }
    const first = await start(aws, { dir })
    const ids = await send(first, 120)
    await first.kill()
    aws.fault = undefined
    const second = await start(aws, { dir })
    await waitFor(() => aws.documents.length >= 120, 'all documents')
    assert.deepEqual(arrived(aws), ids.sort())
    assert.equal(await second.stop(), 0)
    await aws.stop()
    rmSync(dir, { recursive: true })
  })

  test(title('delivers queued documents when it is asked to stop'), async () => {
    const aws = await new FakeXray().start()
    const agent = await start(aws, {
      env: {},
      config: `{ export: { xray: { region: 'us-west-2', endpoint: '${aws.url}' } }, queue: { batchWait: '30s' } }`,
    })
    const ids = await send(agent, 7)
    assert.equal(await agent.stop(), 0)
    assert.deepEqual(arrived(aws), ids.sort())
    assert.match(agent.log, /nothing is left to deliver/)
    await aws.stop()
  })

  scenario(
    'starts without region and credentials, queues what arrives, and logs what is missing',
    async (_aws, agent) => {
      await send(agent, 3)
      await waitFor(() => /Delivery to xray fails: No AWS region is set/.test(agent.log), 'the message')
    },
    `{ export: { xray: {} }, queue: { batchWait: '10ms', stopTimeout: '100ms' } }`,
  )

  scenario('answers 503 and UNAVAILABLE while the queue is full', async (aws, agent) => {
    aws.fault = { status: 500 }
    const post = (): Promise<Response> =>
      fetch(`http://${agent.address('otlp.http')}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: jsonRequest(Array.from({ length: 50 }, () => ({}))),
      })
    let answer = await post()
    for (let i = 0; i < 20 && answer.status === 200; i++) answer = await post()
    assert.equal(answer.status, 503)
    assert.equal(answer.headers.get('retry-after'), '5')
    assert.equal((await answer.json() as { code: number }).code, 14)
    const grpc = new GrpcClient(agent.address('otlp.grpc'))
    const { code, details } = await grpc.call(protobufRequest(jsonRequest([{}])))
    grpc.close()
    assert.equal(code, 14)
    const [retryInfo] = fromBinary(StatusSchema, details).details
    assert.equal(retryInfo && anyUnpack(retryInfo, RetryInfoSchema)?.retryDelay?.seconds, 5n)
    aws.fault = undefined
    await waitFor(async () => (await post()).status === 200, 'room in the queue', 30_000)
  }, `{ export: { xray: XRAY }, queue: { batchWait: '10ms', maxBytes: '8KiB' } }`)
}
