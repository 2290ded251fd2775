import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assembleTrace } from './assemble-trace.ts'
import { indexTrace } from './index-trace.ts'
import { summariseTraces } from './summarise-traces.ts'

const index = (n: number, document: object) =>
  indexTrace(assembleTrace(`trace ${n}`, [
    JSON.stringify({ id: `${n}`, name: 'shop', start_time: 100, end_time: 100 + n, ...document }),
  ]))

const traces = [
  index(1, { fault: true, user: 'ada', annotations: { tier: 'gold' } }),
  index(2, { throttle: true, error: true, user: 'ada' }),
  index(3, { error: true, http: { request: { method: 'GET' }, response: { status: 404 } } }),
  index(4, { in_progress: true }),
  index(5, { name: 'cart', annotations: { tier: 'free', size: 1 } }),
]

test('summariseTraces() counts outcomes by the keywords of filter expressions, the worst of each trace', () => {
  const { count, facets } = summariseTraces(traces)
  assert.equal(count, 5)
  assert.deepEqual(facets.outcome, [['fault', 1], ['throttle', 1], ['error', 1], ['partial', 1], ['ok', 1]])
})

test('summariseTraces() counts each value once per trace, the most frequent first', () => {
  const { facets } = summariseTraces(traces)
  assert.deepEqual(facets.root, [['shop', 4], ['cart', 1]])
  assert.deepEqual(facets.user, [['ada', 2]])
  assert.deepEqual(facets.status, [['404', 1]])
  assert.deepEqual(facets.annotation, [['tier', 2], ['size', 1]])
})

test('summariseTraces() counts response times in bins, by outcome', () => {
  const { bins, p50, p99 } = summariseTraces(traces)
  const total = [0, 1, 2, 3].map((i) => bins.reduce((sum, bin) => sum + (bin[i] ?? 0), 0))
  assert.deepEqual(total, [2, 1, 1, 1])
  assert.deepEqual(bins[0], [1, 0, 0, 0])
  assert.deepEqual([p50, p99], [2, 5])
})
