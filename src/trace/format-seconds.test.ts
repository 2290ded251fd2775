import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatSeconds } from './format-seconds.ts'

test('formatSeconds() uses the unit that suits the duration', () => {
  const times = [0.0004, 0.212, 0.9994, 0.9999, 1.84, 59.99, 59.999, 64, 3600]
  const expected = [
    '0.4 ms',
    '212 ms',
    '999 ms',
    '1.00 s',
    '1.84 s',
    '59.99 s',
    '1 min 00 s',
    '1 min 04 s',
    '60 min 00 s',
  ]
  assert.deepEqual(times.map(formatSeconds), expected)
})
