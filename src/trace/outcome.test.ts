import assert from 'node:assert/strict'
import { test } from 'node:test'
import { outcomeOf, outcomeOfDocument, outcomeOfSummary, outcomes, worseOutcome } from './outcome.ts'

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

test('outcomeOfSummary() goes by the flags of the API', () => {
  assert.equal(outcomeOfSummary({ HasFault: true, HasError: true }), 'fault')
  assert.equal(outcomeOfSummary({ HasThrottle: true, HasError: true }), 'throttle')
  assert.equal(outcomeOfSummary({ HasError: true, IsPartial: true }), 'error')
  assert.equal(outcomeOfSummary({ IsPartial: true }), 'in-progress')
  assert.equal(outcomeOfSummary({}), 'ok')
})

test('worseOutcome() is the first of both in the list of outcomes', () => {
  for (const [i, worse] of outcomes.entries()) {
    for (const better of outcomes.slice(i)) {
      assert.equal(worseOutcome(worse, better), worse)
      assert.equal(worseOutcome(better, worse), worse)
    }
  }
})
