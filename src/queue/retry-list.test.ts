import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RetryList } from './retry-list.ts'

const batchOf = (count: number) => ({ parts: [], count })

test('RetryList returns the batch that has been due for longest, and none before it is due', () => {
  const list = new RetryList()
  for (const [count, due] of [[1, 300], [2, 100], [3, 200]] as const) {
    list.add({ batch: batchOf(count), failures: 1, due })
  }
  assert.deepEqual([list.nextDue, list.documents, list.length], [100, 6, 3])
  assert.equal(list.take(99), undefined)
  assert.deepEqual([list.take(250)?.batch.count, list.take(250)?.batch.count, list.take(250)], [2, 3, undefined])
  assert.deepEqual([list.nextDue, list.documents], [300, 1])
})

test('RetryList returns the smallest batch of those that are due, if it is asked to', () => {
  const list = new RetryList()
  for (const [count, due] of [[5, 100], [2, 200], [1, 900]] as const) {
    list.add({ batch: batchOf(count), failures: 1, due })
  }
  assert.deepEqual([300, 300, 300].map((now) => list.take(now, true)?.batch.count), [2, 5, undefined])
})

test('RetryList does not take a batch of nothing, and is empty once it was drained', () => {
  const list = new RetryList()
  list.add({ batch: batchOf(0), failures: 0, due: 0 })
  assert.equal(list.length, 0)
  list.add({ batch: batchOf(5), failures: 2, due: 10 })
  assert.deepEqual(list.drain().map(({ batch, failures, due }) => [batch.count, failures, due]), [[5, 2, 10]])
  assert.deepEqual([list.length, list.documents, list.nextDue], [0, 0, undefined])
})
