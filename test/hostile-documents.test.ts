import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { AgentProcess } from './support/agent-process.ts'
import { FakeXray } from './support/fake-xray.ts'
import { GoodClient } from './support/good-client.ts'
import { fullSegment, fuzzedDocument } from './support/hostile-documents.ts'
import { hex, jsonRequest } from './support/otlp.ts'
import { Random } from './support/random.ts'
import { runCommand } from './support/run-command.ts'
import { sendDatagrams } from './support/send-documents.ts'
import { waitFor } from './support/wait-for.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-hostile-'))
after(() => rmSync(folder, { recursive: true, force: true }))
let folders = 0
const newFolder = (): string => join(folder, String(folders++))
const config = "{ queue: { batchWait: '10ms' }, export: { console: false } }"
/** Generous, as other tests run at the same time. */
const MAX_WAIT_MS = 5000

const hour = () => ({ StartTime: Date.now() / 1000 - 3600, EndTime: Date.now() / 1000 + 60 })

/** Asks everything that the page and clients ask. @returns what was not answered 200 */
async function askEverything(agent: AgentProcess): Promise<string[]> {
  const wrong: string[] = []
  const ask = async (path: string, body?: object): Promise<Record<string, unknown>> => {
    const response = await agent.admin(path, body)
    const answer = await response.json()
    if (response.status !== 200) wrong.push(`${path}: ${response.status} ${JSON.stringify(answer).slice(0, 200)}`)
    return answer
  }
  const all = { StartTime: 0, EndTime: 2 ** 34 }
  const { TraceSummaries: traces = [] } = await ask('/TraceSummaries', all)
  for (const path of ['/ServiceGraph', '/TimeSeriesServiceStatistics', '/page/summary', '/page/service']) {
    await ask(path, hour())
  }
  for (const FilterExpression of ['fault', 'user = "ada"', 'service("shop") { fault }', 'annotation.age > 1']) {
    await ask('/TraceSummaries', { ...all, FilterExpression })
  }
  await ask('/page/names')
  await ask('/status')
  await ask('/dead-letters')
  for (const { Id } of Array.isArray(traces) ? traces : []) {
    await ask('/Traces', { TraceIds: [Id] })
    await ask('/TraceGraph', { TraceIds: [Id] })
    await ask(`/page/span/${Id}/${hex(8)}`)
  }
  return wrong
}

/** The number of traces in the local store. */
async function countTraces(agent: AgentProcess): Promise<number> {
  return (await (await agent.admin('/page/summary', { StartTime: 0, EndTime: 2 ** 34 })).json()).count
}

const hostile: Readonly<Record<string, object>> = {
  'a start that SQLite cannot have as a key': { start_time: 1e300 },
  'an end that overflows': { end_time: 1.7e308 },
  'a start that is a text': { start_time: 'yesterday' },
  'a name that is an object with its own toString': { name: { toString: 1 } },
  'a URL that is an object': { http: { request: { url: { toString: 1 } } } },
  'subsegments with times that are none': { subsegments: [{ id: hex(8), name: 'a', start_time: -1, end_time: 1e300 }] },
  'a trace id that is none': { trace_id: '../../x' },
}

test('documents that the local store cannot read become its dead letters, and break neither its answers nor a restart', async () => {
  const dir = newFolder()
  let agent = await AgentProcess.start({ config, dir })
  const longest = await GoodClient.during(agent, async () => {
    for (const [what, more] of Object.entries(hostile)) {
      await sendDatagrams(agent, [JSON.stringify({ ...fullSegment(), ...more }), JSON.stringify(fullSegment())])
      assert.deepEqual(await askEverything(agent), [], what)
    }
  })
  assert.ok(longest < MAX_WAIT_MS, `${longest} ms`)
  const deadLetters = async () => (await (await agent.admin('/dead-letters')).json()).deadLetters
  await waitFor(async () => (await deadLetters()).length === Object.keys(hostile).length, 'the dead letters')
  for (const { message } of await deadLetters()) assert.match(message, /InvalidSegment: .* must be /)
  const count = await countTraces(agent)
  assert.ok(count >= Object.keys(hostile).length)
  assert.equal(await agent.stop(), 0)
  agent = await AgentProcess.start({ config, dir })
  assert.equal(await countTraces(agent), count)
  assert.deepEqual(await askEverything(agent), [])
  await agent.stop()
})

test('PutTraceSegments answers which documents cannot be read, and why', async () => {
  const agent = await AgentProcess.start({ config })
  const documents = [...Object.values(hostile), {}].map((more) => JSON.stringify({ ...fullSegment(), ...more }))
  const { UnprocessedTraceSegments: issues } = await (await agent.admin('/TraceSegments', {
    TraceSegmentDocuments: documents,
  })).json()
  assert.equal(issues.length, Object.keys(hostile).length)
  for (const { Message } of issues) assert.match(Message, /^Invalid segment\. ErrorCode: \w+: /)
  assert.equal(await countTraces(agent), 1)
  assert.deepEqual(await askEverything(agent), [])
  await agent.stop()
})

test('what the local store cannot read still goes to AWS, also when the store cannot be recovered at the start', async () => {
  const aws = await new FakeXray().start()
  const dir = newFolder()
  const both = `{ export: { local: true, xray: { region: 'us-west-2', endpoint: '${aws.url}' } } }`
  let agent = await AgentProcess.start({ config: both, dir })
  const odd = JSON.stringify({ ...fullSegment(), end_time: 1e300 })
  await sendDatagrams(agent, [odd, JSON.stringify(fullSegment())])
  await waitFor(() => aws.documents.includes(odd), 'the document at AWS')
  assert.equal(await agent.stop(), 0)
  const store = new DatabaseSync(join(dir, 'traces.sqlite'))
  store.exec('UPDATE traces SET state = 0; DROP TABLE annotations; CREATE TABLE annotations (key INTEGER PRIMARY KEY)')
  store.close()
  agent = await AgentProcess.start({ config: both, dir })
  assert.match(agent.log, /the local store failed: .*moved to ".*traces\.sqlite\.quarantine-/)
  const good = JSON.stringify(fullSegment())
  await sendDatagrams(agent, [good])
  await waitFor(() => aws.documents.includes(good), 'the document after the start')
  await waitFor(async () => (await countTraces(agent)) === 1, 'the trace in the new store')
  assert.equal(await agent.stop(), 0)
  await aws.stop()
})

test('UDP documents that are nested thousands of levels deep are rejected, and nobody waits for them', async () => {
  const agent = await AgentProcess.start({ config })
  const deep = `{"id":"${hex(8)}","trace_id":"1-5759e988-${hex(12)}","metadata":${'['.repeat(30_000)}${
    ']'.repeat(30_000)
  }}`
  const longest = await GoodClient.during(agent, async () => {
    for (let i = 0; i < 20; i++) await sendDatagrams(agent, Array.from({ length: 20 }, () => deep))
    await waitFor(() => /nested deeper than 500 levels/.test(agent.log), 'the reason')
  })
  assert.ok(longest < MAX_WAIT_MS, `${longest} ms`)
  await agent.stop()
})

test('16,000 sampling clients in a request, and filters of thousands of conditions, are answered 400 at once', async () => {
  const agent = await AgentProcess.start({ config })
  const longest = await GoodClient.during(agent, async () => {
    const SamplingStatisticsDocuments = Array.from({ length: 16_000 }, (_, i) => ({
      RuleName: 'Default',
      ClientID: String(i),
    }))
    assert.equal((await agent.admin('/SamplingTargets', { SamplingStatisticsDocuments })).status, 400)
    for (const count of [1000, 20_000]) {
      const FilterExpression = Array(count).fill('fault').join(' ')
      assert.equal((await agent.admin('/TraceSummaries', { ...hour(), FilterExpression })).status, 400)
    }
  })
  assert.ok(longest < MAX_WAIT_MS, `${longest} ms`)
  await agent.stop()
})

test('a trace that is a chain of 80,000 spans, and then grows, keeps nobody waiting', async () => {
  const agent = await AgentProcess.start({ config })
  const traceId = Math.floor(Date.now() / 1000).toString(16) + hex(12)
  const id = (n: number): string => n.toString(16).padStart(16, '0')
  const send = async (from: number, count: number): Promise<void> => {
    const spans = Array.from({ length: count }, (_, i) => ({
      traceId,
      spanId: id(from + i + 1),
      ...(from + i === 0 ? {} : { parentSpanId: id(from + i) }),
    }))
    const response = await fetch(`http://${agent.address('otlp.http')}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: jsonRequest(spans),
    })
    assert.equal(response.status, 200)
  }
  const longest = await GoodClient.during(agent, async () => {
    for (let from = 0; from < 80_000; from += 2000) await send(from, 2000)
    const trace = `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`
    for (let i = 0; i < 5; i++) {
      await send(80_000 + i, 1)
      const [found] = (await (await agent.admin('/Traces', { TraceIds: [trace] })).json()).Traces
      assert.ok(found.Segments.length > 0)
    }
    await waitFor(() => /does not keep .* of a trace that has 10,000 already/.test(agent.log), 'the bound')
  })
  assert.ok(longest < MAX_WAIT_MS, `${longest} ms`)
  await agent.stop()
})

test('a local store at its maximum deletes the oldest traces by itself, and nobody waits for it', async () => {
  const dir = newFolder()
  const small = "{ queue: { batchWait: '10ms' }, export: { console: false, local: { maxBytes: '4MiB' } } }"
  const agent = await AgentProcess.start({ config: small, dir })
  let largest = 0
  const longest = await GoodClient.during(agent, async () => {
    for (let i = 0; i < 100; i++) {
      const spans = Array.from({ length: 100 }, () => ({ attributes: { noise: hex(100) } }))
      const headers = { 'content-type': 'application/json' }
      const url = `http://${agent.address('otlp.http')}/v1/traces`
      assert.equal((await fetch(url, { method: 'POST', headers, body: jsonRequest(spans) })).status, 200)
      largest = Math.max(largest, statSync(join(dir, 'traces.sqlite')).size)
    }
    await waitFor(async () => (await (await agent.admin('/status')).json()).queue.documents === 0, 'the delivery')
    assert.ok((await countTraces(agent)) > 100)
  })
  assert.ok(largest < 8 << 20, `${largest} bytes`)
  assert.ok(longest < MAX_WAIT_MS, `${longest} ms`)
  assert.equal(await agent.stop(), 0)
})

test('commands and the console exporter print no control characters of what was sent', async () => {
  const dir = newFolder()
  const agent = await AgentProcess.start({ config: "{ queue: { batchWait: '10ms' }, export: { console: true } }", dir })
  const owned = '\u001b]0;owned\u0007\r\n\u009b2J\u202eforged'
  const segment = { ...fullSegment(), name: owned, user: owned, http: { request: { method: 'GET', url: owned } } }
  const document = JSON.stringify({ ...segment, cause: { exceptions: [{ type: owned, message: owned }] } })
  const { trace_id: trace } = JSON.parse(document)
  await sendDatagrams(agent, [document, JSON.stringify({ ...segment, id: hex(8), end_time: 1e300 })])
  await waitFor(() => agent.output.includes('forged'), 'the line on the terminal')
  const env = { HOME: agent.folder, RONTGEN_QUEUE_DIR: dir, RONTGEN_ADMIN_PORT: String(agent.port('admin')) }
  const options = ['--config', join(agent.folder, 'config.ts')]
  await waitFor(
    async () => (await (await agent.admin('/dead-letters')).json()).deadLetters.length > 0,
    'the dead letter',
  )
  for (
    const line of [
      ['traces'],
      ['traces', '--json'],
      ['trace', trace],
      ['trace', trace, '--json'],
      ['dead-letters'],
      [
        'dead-letters',
        'list',
        '--json',
      ],
      ['dead-letters', 'show', '1'],
      ['dead-letters', 'show', '1', '--json'],
    ]
  ) {
    const { status, stdout, stderr } = await runCommand([...line, ...options], env)
    assert.equal(status, 0, `${line.join(' ')}: ${stderr}`)
    assert.match(stdout, /forged/, line.join(' '))
    assert.doesNotMatch(stdout.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u, line.join(' '))
  }
  assert.doesNotMatch(agent.output.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u)
  await agent.stop()
})

test('the console exporter goes on after documents whose times are none', async () => {
  const agent = await AgentProcess.start({ config: "{ queue: { batchWait: '10ms' }, export: { local: false } }" })
  await sendDatagrams(agent, [
    JSON.stringify({ ...fullSegment(), start_time: 'yesterday' }),
    JSON.stringify({ ...fullSegment(), name: { toString: 1 } }),
  ])
  await sendDatagrams(agent, [JSON.stringify({ ...fullSegment(), name: 'afterwards' })])
  await waitFor(() => agent.output.includes('afterwards'), 'the next trace')
  assert.doesNotMatch(agent.log, /Delivery to console fails/)
  await agent.stop()
})

test('documents whose members have other types never make an answer of the page an error (1,000 of a fixed seed)', async () => {
  const dir = newFolder()
  const random = new Random(12)
  let agent = await AgentProcess.start({ config, dir })
  for (let round = 0; round < 2; round++) {
    const longest = await GoodClient.during(agent, async () => {
      for (let i = 0; i < 10; i++) {
        const documents = Array.from({ length: 50 }, () => fuzzedDocument(random))
        await sendDatagrams(agent, documents.slice(0, 25).filter((document) => document.length < 60_000))
        const answer = await agent.admin('/TraceSegments', { TraceSegmentDocuments: documents.slice(25) })
        assert.equal(answer.status, 200)
      }
      assert.deepEqual(await askEverything(agent), [])
    })
    assert.ok(longest < MAX_WAIT_MS, `${longest} ms`)
    assert.doesNotMatch(agent.log, /the local store failed/)
    assert.equal(await agent.stop(), 0)
    agent = await AgentProcess.start({ config, dir })
    assert.ok((await countTraces(agent)) > 0)
    assert.deepEqual(await askEverything(agent), [])
  }
  await agent.stop()
})
