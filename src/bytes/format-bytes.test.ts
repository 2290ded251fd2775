import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatBytes } from './format-bytes.ts'

test('formatBytes() writes a size in the unit that fits, with one digit after the point', () => {
  const sizes = [0, 999, 1000, 102_854, 5_600_000, 1 << 30]
  assert.deepEqual(sizes.map(formatBytes), ['0 B', '999 B', '1.0 kB', '102.9 kB', '5.6 MB', '1.1 GB'])
})
