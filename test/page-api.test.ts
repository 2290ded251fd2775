import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toXrayTraceId } from '../src/trace/trace-id.ts'
import { AgentProcess, type Runtime } from './support/agent-process.ts'
import { shopTrace } from './support/shop-trace.ts'
import { waitFor } from './support/wait-for.ts'

const text = (key: string, value: string) => ({ key, value: { stringValue: value } })
const trace = 'a1b2c3d4e5f60718293a4b5c6d7e8f90'
const xrayTrace = toXrayTraceId(trace)
const span = '53995c3f42cd8ad8'

async function sendSpan(agent: AgentProcess): Promise<void> {
  const now = BigInt(Date.now()) * 1_000_000n
  const body = {
    resourceSpans: [{
      resource: { attributes: [text('service.name', 'checkout')] },
      scopeSpans: [{
        scope: { name: 'by hand' },
        spans: [{
          traceId: trace,
          spanId: span,
          name: 'POST /orders',
          kind: 'SPAN_KIND_SERVER',
          startTimeUnixNano: String(now),
          endTimeUnixNano: String(now + 30_000_000n),
          attributes: [text('http.request.method', 'POST'), text('order.tier', 'gold'), text('note', 'by hand')],
        }],
      }],
    }],
  }
  const response = await fetch(`http://${agent.address('otlp.http')}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'a-test/1.0' },
    body: JSON.stringify(body),
  })
  assert.equal(response.status, 200)
}

const hour = () => ({ StartTime: Date.now() / 1000 - 3600, EndTime: Date.now() / 1000 + 60 })

for (const runtime of ['binary', 'deno'] as const) suite(runtime)

function suite(runtime: Runtime): void {
  test(`the page (${runtime}) is notified of changes, and reads the span of a segment, the names for filters, and summaries`, async () => {
    const agent = await AgentProcess.start({
      runtime,
      config: "{ translate: { indexedAttributes: ['order.tier'] }, queue: { batchWait: '10ms' } }",
    })
    const ended = new AbortController()
    const changes = await fetch(`http://${agent.address('admin')}/changes`, { signal: ended.signal })
    let events = ''
    void changes.body?.pipeThrough(new TextDecoderStream()).pipeTo(
      new WritableStream({ write: (chunk) => void (events += chunk) }),
    ).catch(() => {})
    await waitFor(() => events.includes('event: alive'), 'the first event')
    assert.ok(!events.includes('event: change'))
    await sendSpan(agent)
    await waitFor(() => events.includes('event: change'), 'the change')

    const found = await (await agent.admin(`/page/span/${xrayTrace}/${span}`)).json()
    assert.equal(found.span.name, 'POST /orders')
    const ruleOf = (from: string): string => found.rules.find((rule: { from: string }) => rule.from === from)?.rule
    assert.equal(ruleOf('attributes.order.tier'), 'copied')
    assert.equal(ruleOf('attributes.note'), 'not indexed')
    assert.equal((await (await agent.admin(`/page/span/${xrayTrace}/0000000000000001`)).json()).span, null)

    const { documents } = shopTrace()
    await agent.admin('/TraceSegments', {
      TraceSegmentDocuments: documents.map((document) => JSON.stringify(document)),
    })
    const names = await (await agent.admin('/page/names')).json()
    assert.deepEqual(names.services, ['carts', 'checkout', 'payments', 'shop'])
    assert.deepEqual(names.annotations, [
      { key: 'order.tier', values: ['gold'] },
      { key: 'tier', values: ['gold'] },
    ])
    assert.deepEqual(names.users, ['ada'])

    const all = await (await agent.admin('/page/summary', hour())).json()
    assert.equal(all.count, 2)
    assert.deepEqual(all.facets.outcome.toSorted(), [['fault', 1], ['ok', 1]].toSorted())
    const slow = await (await agent.admin('/page/summary', { ...hour(), FilterExpression: 'responsetime > 1' })).json()
    assert.equal(slow.count, 1)
    assert.equal(slow.p50, 2)
    assert.equal((await agent.admin('/page/summary', { ...hour(), FilterExpression: 'responsetime >' })).status, 400)

    const status = await (await agent.admin('/status')).json()
    assert.equal(status.counts.senders['a-test/1.0'], 1)
    const { steps } = await (await agent.admin('/rates')).json()
    assert.equal(steps.at(-1).received, 1)
    const { values } = await (await agent.admin('/config')).json()
    const valueOf = (path: string) => values.find((value: { path: string }) => value.path === path)
    assert.match(valueOf('queue.batchWait').source, /config\.ts$/)
    assert.equal(valueOf('queue.batchWait').value, '"10ms"')
    assert.equal(valueOf('admin.port').source, 'RONTGEN_ADMIN_PORT')
    assert.equal(valueOf('queue.maxAge').source, 'default')

    // An open page does not keep the agent from stopping.
    const began = Date.now()
    assert.equal(await agent.stop(), 0)
    assert.ok(Date.now() - began < 8000)
    ended.abort()
  })
}

test('the page reads what went wrong, one line per kind', async () => {
  const agent = await AgentProcess.start()
  for (let i = 0; i < 3; i++) {
    await fetch(`http://${agent.address('otlp.http')}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: 'no protobuf',
    })
  }
  const { problems } = await (await agent.admin('/status')).json()
  assert.equal(problems.length, 1)
  assert.equal(problems[0].stage, 'receive')
  assert.match(problems[0].message, /^otlp\.http: answered with an error/)
  await agent.stop()
})

test('export.local.keepSpans: false keeps segments without their spans', async () => {
  const agent = await AgentProcess.start({
    config: "{ export: { local: { keepSpans: false } }, queue: { batchWait: '10ms' } }",
  })
  await sendSpan(agent)
  await waitFor(async () => (await (await agent.admin('/page/summary', hour())).json()).count === 1, 'the trace')
  assert.equal((await (await agent.admin(`/page/span/${xrayTrace}/${span}`)).json()).span, null)
  await agent.stop()
})
