import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runPending } from '../../test/support/fake-clock.ts'
import { FakeSender } from '../../test/support/fake-sender.ts'
import { Requests } from './requests.ts'
import type { Retry } from './retry-list.ts'

const never = new AbortController().signal
const retryOf = (count: number): Retry => ({ batch: { parts: [], count }, failures: 0, due: 0 })

function openRequests(sender = new FakeSender()) {
  const ended: string[] = []
  const requests = new Requests(sender, {
    delivered: ({ batch }) => void ended.push(`delivered ${batch.count}`),
    failed: ({ batch }, error) => void ended.push(`failed ${batch.count}: ${String(error)}`),
  })
  return { requests, ended, sender }
}

test('Requests counts what is in flight, and reports how each request ended, after begin() has returned', async () => {
  const { requests, ended, sender } = openRequests()
  requests.begin(retryOf(3))
  sender.answer = () => {
    throw new Error('no connection')
  }
  requests.begin(retryOf(4))
  assert.deepEqual([requests.count, requests.documents, ended], [2, 7, []])
  await runPending()
  assert.deepEqual([requests.count, requests.documents], [0, 0])
  assert.deepEqual(ended.toSorted(), ['delivered 3', 'failed 4: Error: no connection'])
})

test('Requests.end() returns what has not ended at the deadline, aborts it, and reports nothing of it', async () => {
  const { requests, ended, sender } = openRequests()
  requests.begin(retryOf(1))
  await runPending()
  sender.hang()
  requests.begin(retryOf(2))
  const left = await requests.end(AbortSignal.abort())
  await runPending()
  assert.deepEqual(left.map(({ batch }) => batch.count), [2])
  assert.deepEqual([ended, requests.count, requests.documents, sender.inFlight], [['delivered 1'], 0, 0, 0])
})

test('Requests.end() aborts requests of a sender that was replaced before, too', async () => {
  const { requests, sender } = openRequests()
  sender.hang()
  requests.begin(retryOf(1))
  const replaced = requests.replaceSender(new FakeSender(), never)
  assert.equal((await requests.end(AbortSignal.abort())).length, 1)
  await runPending()
  assert.equal(sender.inFlight, 0)
  assert.deepEqual(await replaced, [])
})
