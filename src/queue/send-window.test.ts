import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SendWindow } from './send-window.ts'

test('SendWindow halves once per second while it is throttled, down to one, and grows by one per round', () => {
  const window = new SendWindow(8)
  window.throttled(1000)
  window.throttled(1500)
  assert.equal(window.limit, 4)
  for (const now of [2100, 3200, 4300, 5400]) window.throttled(now)
  assert.equal(window.limit, 1)
  window.succeeded()
  assert.equal(window.limit, 2)
  window.succeeded()
  window.succeeded()
  assert.equal(window.limit, 2)
  for (let i = 0; i < 100; i++) window.succeeded()
  assert.equal(window.limit, 8)
  window.max = 3
  assert.equal(window.limit, 3)
})
