import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countTests } from './count-tests.mjs'

const summary = (lines: string): string =>
  `(pass) a\n 9 pass\n(pass) b\n\n${lines}\nRan 5 tests across 2 files. [1.00s]\n`

test('countTests() counts by the last lines', () => {
  assert.deepEqual(countTests(summary(' 3 pass\n 2 skip\n 0 fail'), 0), { passed: 3, failed: 0, skipped: 2 })
  assert.deepEqual(countTests(summary(' 3 pass\n 2 fail'), 1), { passed: 3, failed: 2, skipped: 0 })
})

test('countTests() takes a runner that broke down, was killed or ran nothing for a failure', () => {
  assert.deepEqual(countTests('Segmentation fault', 139), { passed: 0, failed: 1, skipped: 0 })
  assert.deepEqual(countTests('', null), { passed: 0, failed: 1, skipped: 0 })
  assert.deepEqual(countTests(summary(' 3 pass\n 0 fail\n 1 error'), 1), { passed: 3, failed: 1, skipped: 0 })
  assert.deepEqual(countTests('The filters matched no test files', 0), { passed: 0, failed: 1, skipped: 0 })
})
