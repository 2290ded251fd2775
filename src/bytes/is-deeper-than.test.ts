import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDeeperThan } from './is-deeper-than.ts'

test('isDeeperThan() counts levels of lists and objects, and no brackets in strings', () => {
  const nested = (levels: number): string => '[{"a":'.repeat(levels / 2) + '1' + '}]'.repeat(levels / 2)
  assert.equal(isDeeperThan(10, nested(10)), false)
  assert.equal(isDeeperThan(9, nested(10)), true)
  assert.equal(isDeeperThan(2, `[${'[],'.repeat(100)}[]]`), false)
  assert.equal(isDeeperThan(1, `["${'['.repeat(100)}\\"${'{'.repeat(100)}"]`), false)
  assert.equal(isDeeperThan(3, '['.repeat(100_000)), true)
  assert.equal(isDeeperThan(3, `"${'\\'.repeat(101)}`), false)
})
