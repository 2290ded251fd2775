import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RateLimit } from './rate-limit.ts'

test('RateLimit calls its function once per second, with the number of runs since the last call', () => {
  const limit = new RateLimit()
  const times: number[] = []
  for (const now of [0, 1, 2, 999, 1000, 1001, 2500]) limit.run((count) => times.push(count), now)
  assert.deepEqual(times, [1, 4, 2])
})
