import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assembleTrace } from './assemble-trace.ts'
import { indexTrace } from './index-trace.ts'
import { outcomeOf, outcomeOfDocument, outcomeOfSummary, outcomeOfTrace } from './outcome.ts'

const ended = { end_time: 2 }

test('outcomeOf() names the worst flag: fault, then throttle, then error', () => {
  assert.equal(outcomeOf({ fault: true, throttle: true, error: true }, true), 'fault')
  assert.equal(outcomeOf({ throttle: true, error: true }, true), 'throttle')
  assert.equal(outcomeOf({ error: true }, true), 'error')
  assert.equal(outcomeOf({}, true), 'in-progress')
  assert.equal(outcomeOf({}, false), 'ok')
})

test('outcomeOfDocument() goes by the flags that are true, and by whether the segment has ended', () => {
  assert.equal(outcomeOfDocument({ ...ended, fault: true }), 'fault')
  assert.equal(outcomeOfDocument({ ...ended, error: true, throttle: true }), 'throttle')
  assert.equal(outcomeOfDocument({ ...ended, fault: 'yes', error: 1 }), 'ok')
  assert.equal(outcomeOfDocument({}), 'in-progress')
  assert.equal(outcomeOfDocument({ ...ended, in_progress: true }), 'in-progress')
  assert.equal(outcomeOfDocument({ in_progress: true, error: true }), 'error')
})

test('outcomeOfSummary() goes by the flags of the API, and takes a throttled call inside the trace for no outcome', () => {
  assert.equal(outcomeOfSummary({ HasFault: true, HasError: true }), 'fault')
  assert.equal(outcomeOfSummary({ HasThrottle: true, HasError: true }), 'throttle')
  assert.equal(outcomeOfSummary({ HasError: true, IsPartial: true }), 'error')
  assert.equal(outcomeOfSummary({ IsPartial: true }), 'in-progress')
  assert.equal(outcomeOfSummary({ HasThrottle: true, HasError: true, Http: { HttpStatus: 404 } }), 'error')
  assert.equal(outcomeOfSummary({ HasThrottle: true, HasError: true, Http: { HttpStatus: 429 } }), 'throttle')
  assert.equal(outcomeOfSummary({ HasThrottle: true }), 'ok')
  assert.equal(outcomeOfSummary({}), 'ok')
})

test('outcomeOfTrace() is that of the root segment, not that of what it calls', () => {
  const remote = { id: '2', name: 'payments', namespace: 'remote', start_time: 1, end_time: 2, fault: true }
  const trace = (flags: object) =>
    indexTrace(assembleTrace('1', [
      JSON.stringify({ id: '1', name: 'shop', start_time: 1, end_time: 2, subsegments: [remote], ...flags }),
    ]))
  assert.equal(outcomeOfTrace(trace({})), 'ok')
  assert.equal(outcomeOfTrace(trace({ error: true, throttle: true })), 'throttle')
  assert.equal(outcomeOfTrace(trace({ fault: true })), 'fault')
  assert.equal(outcomeOfTrace(trace({ end_time: undefined, in_progress: true })), 'in-progress')
})
