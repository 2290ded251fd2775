import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ExportError } from '../component/export-error.ts'
import { FakeSender } from '../../test/support/fake-sender.ts'
import { TestDelivery } from '../../test/support/test-delivery.ts'
import { documentNames } from '../../test/support/test-spool.ts'

const rejection = new ExportError('permanent', 'no good')

test('a backend that rejects everything is away: nothing becomes a dead letter, one request tries, and all arrives later', async () => {
  const lane = new TestDelivery(new FakeSender(() => rejection), { concurrency: 4 })
  const { sender, clock, deadLetters, delivery, log } = lane
  for (let i = 0; i < 60; i++) {
    lane.push(documentNames(i * 100, 100))
    await clock.advance(1000)
  }
  assert.deepEqual(deadLetters, [])
  assert.ok(sender.requests.length < 40, `${sender.requests.length} requests in a minute`)
  assert.equal(delivery.state.isFailing, true)
  assert.match(
    log.text,
    /ERROR Delivery to xray fails: it rejects all that it is sent, 10 requests in a row.*: no good/,
  )
  sender.answer = () => undefined
  await clock.advance(60_000)
  assert.deepEqual(sender.accepted.sort(), documentNames(0, 6000).sort())
  assert.match(log.text, /works again/)
})

test('a document that is rejected alone becomes a dead letter once the backend accepted others after it', async () => {
  const sender = new FakeSender((texts) => (texts.includes('bad') ? rejection : undefined))
  const lane = new TestDelivery(sender)
  const { clock, deadLetters } = lane
  lane.push(['good'])
  await clock.advance(2000)
  lane.push(['bad'])
  await clock.advance(5000)
  assert.deepEqual(deadLetters, [])
  lane.push(['better'])
  await clock.advance(60_000)
  assert.deepEqual(deadLetters, ['rejected bad: no good'])
  assert.deepEqual(sender.accepted, ['good', 'better'])
})

test('what a backend has read and rejected alone becomes a dead letter at once', async () => {
  const lane = new TestDelivery(new FakeSender(() => new ExportError('permanent', 'unreadable', { isRead: true })))
  lane.push(['bad'])
  await lane.clock.advance(1000)
  assert.deepEqual(lane.deadLetters, ['rejected bad: unreadable'])
})

test('batches of which many documents are rejected do not look like an outage', async () => {
  const sender = new FakeSender((texts) => (texts.some((text) => /[02468]$/.test(text)) ? rejection : undefined))
  const lane = new TestDelivery(sender, { concurrency: 8 })
  const { clock, deadLetters, delivery } = lane
  lane.push(documentNames(0, 1000))
  await clock.advance(1_200_000)
  assert.deepEqual([deadLetters.length, sender.accepted.length, delivery.isDone], [500, 500, true])
})
