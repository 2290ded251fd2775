import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Deadlines } from './deadlines.ts'

test('Deadlines.stop() aborts the attempts that go on, and no others', () => {
  const deadlines = new Deadlines(60_000)
  const { signal } = new AbortController()
  const [ended, going] = [deadlines.begin(signal), deadlines.begin(signal)]
  deadlines.end(ended)
  deadlines.stop()
  assert.deepEqual([ended.signal.aborted, going.signal.aborted], [false, true])
})
