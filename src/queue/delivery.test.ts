import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ExportError } from '../component/export-error.ts'
import { FakeSender } from '../../test/support/fake-sender.ts'
import { runPending } from '../../test/support/fake-clock.ts'
import { TestDelivery } from '../../test/support/test-delivery.ts'
import { documentNames } from '../../test/support/test-spool.ts'

const never = new AbortController().signal
const outage = new ExportError('retryable', 'away')
const rejection = new ExportError('permanent', 'no good')
const throttle = new ExportError('retryable', 'slow down', { isThrottle: true })

/** A backend that did not process some documents of each batch. */
const partial = (...failed: [index: number, isRetryable: boolean][]): ExportError =>
  new ExportError('partial', 'some failed', {
    failed: failed.map(([index, isRetryable]) => ({ index, isRetryable, code: 'Code', reason: 'unreadable' })),
  })

test('a full batch is sent at once, and one that is not full when its oldest document has waited for queue.batchWait', async () => {
  const lane = new TestDelivery()
  const { sender, clock } = lane
  lane.push(documentNames(0, 70))
  await clock.advance(0)
  assert.deepEqual(sender.requests, [documentNames(0, 50)])
  await clock.advance(500)
  lane.push(documentNames(70, 5))
  await clock.advance(499)
  assert.equal(sender.requests.length, 1)
  await clock.advance(1)
  assert.deepEqual(sender.requests[1], documentNames(50, 25))
})

test('a batch is not held up by a clock that was set back', async () => {
  const lane = new TestDelivery()
  const { sender, clock } = lane
  lane.push(['d0'])
  clock.setWall(-3_600_000)
  await clock.advance(1000)
  assert.deepEqual(sender.requests, [['d0']])
})

test('a row is acknowledged once all of its documents are delivered', async () => {
  const lane = new TestDelivery()
  const { sender, clock, acknowledged } = lane
  const answer = sender.hang()
  lane.push(documentNames(0, 60))
  await clock.advance(2000)
  assert.deepEqual(acknowledged, [])
  answer()
  await clock.advance(0)
  assert.deepEqual(acknowledged, [1])
})

test('no more requests are in flight than the concurrency allows', async () => {
  const lane = new TestDelivery(new FakeSender(), { concurrency: 3 })
  const { sender, clock, delivery } = lane
  const answer = sender.hang()
  lane.push(documentNames(0, 300))
  await clock.advance(0)
  assert.equal(sender.inFlight, 3)
  assert.deepEqual([delivery.state.inFlight, delivery.documents], [3, 300])
  answer()
  await clock.advance(0)
  assert.equal(sender.accepted.length, 300)
  assert.ok(delivery.isDone)
})

test('after a failure one request tries, after a pause that doubles with each failure up to the longest', async () => {
  const lane = new TestDelivery(new FakeSender(() => outage), { concurrency: 4 })
  const { sender, clock } = lane
  lane.push(documentNames(0, 50))
  const times: number[] = []
  for (let ms = 0; ms <= 36_000; ms += 250) {
    await clock.advance(ms === 0 ? 0 : 250)
    if (sender.requests.length > times.length) times.push(ms)
  }
  const pauses = times.slice(1).map((time, i) => time - (times[i] ?? 0))
  assert.deepEqual(pauses, [500, 1000, 2000, 4000, 8000, 10_000, 10_000])
})

test('what failed and what is new take turns', async () => {
  const sender = new FakeSender((texts) => (texts.includes('d0') ? partial([0, true]) : undefined))
  const lane = new TestDelivery(sender)
  const { clock } = lane
  lane.push(documentNames(0, 1000))
  await clock.advance(100)
  // Each time that d0 failed it waits for its own pause; the others go on.
  assert.ok(sender.accepted.length > 900, `${sender.accepted.length} delivered`)
  await clock.advance(20_000)
  const retries = sender.requests.filter((texts) => texts.includes('d0'))
  assert.ok(retries.length >= 4)
  assert.deepEqual(retries.at(-1), ['d0'])
})

test('a pause that the backend asks for is kept, but none of more than five minutes', async () => {
  for (const [asked, waited] of [[30_000, 30_000], [86_400_000, 300_000]] as const) {
    const lane = new TestDelivery()
    const { sender, clock } = lane
    sender.answer = () => new ExportError('retryable', 'later', { retryAfterMs: asked })
    lane.push(documentNames(0, 50))
    await clock.advance(waited - 1)
    assert.equal(sender.requests.length, 1)
    sender.answer = () => undefined
    await clock.advance(1)
    assert.equal(sender.accepted.length, 50)
  }
})

test('a throttled backend gets half as many requests at a time, and one more per round once it accepts them', async () => {
  const lane = new TestDelivery(new FakeSender(() => throttle), { concurrency: 8 })
  const { sender, clock, delivery } = lane
  lane.push(documentNames(0, 800))
  await clock.advance(100)
  assert.equal(delivery.state.limit, 4)
  assert.equal(delivery.state.isFailing, false)
  await clock.advance(60_000)
  assert.equal(delivery.state.limit, 1)
  assert.equal(delivery.state.isFailing, true)
  sender.answer = () => undefined
  await clock.advance(60_000)
  assert.equal(sender.accepted.length, 800)
  assert.ok(delivery.state.limit > 1)
})

test('what a backend did not process is sent again, or becomes a dead letter, each by its code; the rest is delivered', async () => {
  const sender = new FakeSender(() => partial([1, true], [3, false]))
  const lane = new TestDelivery(sender)
  const { clock, acknowledged, deadLetters, report } = lane
  lane.push(documentNames(0, 50))
  await clock.advance(0)
  assert.deepEqual(sender.accepted, documentNames(0, 50).filter((text) => text !== 'd1' && text !== 'd3'))
  assert.deepEqual(deadLetters, ['unprocessed d3: unreadable'])
  assert.deepEqual([report.counters.sent, report.counters.unprocessed.by], [48, { Code: 2 }])
  assert.deepEqual(acknowledged, [])
  sender.answer = () => undefined
  await clock.advance(1000)
  assert.deepEqual(sender.requests[1], ['d1'])
  assert.deepEqual(acknowledged, [1])
})

test('a batch that is rejected is halved until the document that is rejected stands alone', async () => {
  const sender = new FakeSender((
    texts,
  ) => (texts.includes('d17') ? new ExportError('permanent', 'no good') : undefined))
  const lane = new TestDelivery(sender)
  const { clock, deadLetters, acknowledged } = lane
  lane.push(documentNames(0, 40))
  await clock.advance(1000)
  assert.deepEqual(deadLetters, ['rejected d17: no good'])
  assert.deepEqual(sender.accepted.toSorted(), documentNames(0, 40).filter((text) => text !== 'd17').sort())
  assert.ok(sender.requests.length <= 12, `${sender.requests.length} requests`)
  assert.deepEqual(acknowledged, [1])
})

test('documents that failed and are older than queue.maxAge become dead letters, and those that wait after them', async () => {
  const lane = new TestDelivery(new FakeSender(() => outage))
  const { sender, clock, deadLetters, delivery } = lane
  lane.push(documentNames(0, 60))
  await clock.advance(3_590_000)
  lane.push(['young'])
  await clock.advance(20_001)
  assert.deepEqual(
    deadLetters.toSorted(),
    documentNames(0, 60).map((text) => `too-old ${text}: older than queue.maxAge; last: away`).sort(),
  )
  assert.equal(delivery.documents, 1)
  sender.answer = () => undefined
  await clock.advance(20_000)
  assert.deepEqual(sender.accepted, ['young'])
})

test('while dead letters cannot be written no document becomes one, and what is accepted is delivered', async () => {
  const lane = new TestDelivery()
  const { sender, clock, deadLetters, delivery } = lane
  lane.isBlocked = true
  for (const [i, error] of [rejection, partial([0, false], [1, true])].entries()) {
    sender.answer = () => error
    lane.push(documentNames(i * 50, 50))
    await clock.advance(60_000)
    assert.deepEqual(deadLetters, [])
    sender.answer = () => undefined
    await clock.advance(20_000)
    assert.deepEqual(sender.accepted.sort(), documentNames(0, (i + 1) * 50).sort())
  }
  assert.ok(sender.requests.length < 60, `${sender.requests.length} requests in 160 s`)
  assert.ok(delivery.isDone)
})

test('while dead letters cannot be written no document expires', async () => {
  const lane = new TestDelivery(new FakeSender(() => outage))
  const { clock, deadLetters, delivery } = lane
  lane.push(documentNames(0, 60))
  await clock.advance(100)
  lane.isBlocked = true
  await clock.advance(7_200_000)
  assert.deepEqual(deadLetters, [])
  lane.isBlocked = false
  await clock.advance(50)
  delivery.pump()
  await clock.advance(0)
  assert.equal(deadLetters.length, 60)
})

test('a sender that throws anything else, or at once, failed for now', async () => {
  for (
    const sender of [
      new FakeSender(() => Promise.reject(new TypeError('fetch failed'))),
      new FakeSender(() => {
        throw new TypeError('fetch failed')
      }),
    ]
  ) {
    const lane = new TestDelivery(sender)
    const { clock, report, delivery } = lane
    lane.push(documentNames(0, 50))
    await clock.advance(0)
    assert.deepEqual(report.counters.retried.by, { failed: 50 })
    assert.equal(delivery.state.retrying, 50)
    sender.answer = () => undefined
    await clock.advance(1000)
    assert.equal(sender.accepted.length, 50)
  }
})

test('Delivery.configure() ends the pause: what changed may be what delivery waited for', async () => {
  const lane = new TestDelivery(new FakeSender(() => outage))
  const { sender, clock, delivery } = lane
  lane.push(documentNames(0, 50))
  await clock.advance(60_000)
  sender.answer = () => undefined
  delivery.configure({ concurrency: 2, batchWaitMs: 10, maxAgeMs: 1e9, backOff: { firstMs: 1, longestMs: 1 } })
  lane.push(documentNames(50, 50))
  await clock.advance(0)
  assert.ok(sender.accepted.length >= 50)
})

test('Delivery.replaceSender() leaves requests of the old sender where they are until they end', async () => {
  const lane = new TestDelivery(new FakeSender(), { concurrency: 2 })
  const { sender, clock, delivery, acknowledged } = lane
  const answer = sender.hang()
  lane.push(documentNames(0, 50))
  const replacement = new FakeSender()
  const replaced = delivery.replaceSender(replacement, never)
  lane.push(documentNames(50, 50))
  await clock.advance(0)
  assert.deepEqual(replacement.accepted, documentNames(50, 50))
  answer()
  await replaced
  assert.deepEqual(sender.accepted, documentNames(0, 50))
  assert.deepEqual(acknowledged.toSorted(), [1, 2])
})

test('Delivery.replaceSender() ignores what a request ends with that was given up', async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const lane = new TestDelivery()
  const { sender, clock, delivery, report, acknowledged } = lane
  // A sender that does not heed the signal.
  sender.send = () => promise
  lane.push(documentNames(0, 50))
  const replacement = new FakeSender()
  await delivery.replaceSender(replacement, AbortSignal.abort())
  await clock.advance(0)
  resolve(undefined)
  await runPending()
  assert.deepEqual(replacement.accepted, documentNames(0, 50))
  assert.deepEqual([report.counters.sent, acknowledged, delivery.documents], [50, [1], 0])
})

test('Delivery.replaceSender() counts no failure of the old sender against the new one, and sends the batch again', async () => {
  const { promise, reject } = Promise.withResolvers<undefined>()
  const lane = new TestDelivery(new FakeSender(() => promise))
  const { clock, delivery, report, log } = lane
  lane.push(documentNames(0, 50))
  const replacement = new FakeSender()
  const replaced = delivery.replaceSender(replacement, never)
  reject(new ExportError('retryable', 'the old one is away'))
  await replaced
  await clock.advance(1000)
  assert.deepEqual(replacement.accepted, documentNames(0, 50))
  assert.deepEqual([report.lastFailure, log.lines, delivery.state.isFailing], [undefined, [], false])
})

test('Delivery.replaceSender() ends the pause, and reports the first failure of the new sender', async () => {
  const lane = new TestDelivery(new FakeSender(() => outage))
  const { clock, delivery, report, log } = lane
  lane.push(documentNames(0, 50))
  await clock.advance(60_000)
  void delivery.replaceSender(new FakeSender(() => new ExportError('retryable', 'the new one is away')), never)
  lane.push(documentNames(50, 50))
  await clock.advance(0)
  assert.equal(delivery.state.failingForMs, 0)
  assert.equal(report.lastFailure?.message, 'the new one is away')
  assert.match(log.lines.at(-1) ?? '', /Delivery to xray fails: the new one is away/)
})

test('the documents that wait include the batch that just failed', async () => {
  const lane = new TestDelivery(new FakeSender(() => outage))
  lane.push(documentNames(0, 50))
  await lane.clock.advance(310_000)
  assert.match(lane.log.text, /still fails after 30\d s: away\. 50 documents wait/)
})

test('the documents that wait when delivery works again include those that were not accepted with it', async () => {
  const lane = new TestDelivery(new FakeSender(() => outage))
  const { sender, clock, log } = lane
  lane.push(documentNames(0, 50))
  await clock.advance(100)
  sender.answer = () => partial([1, true], [3, true])
  await clock.advance(500)
  assert.match(log.text, /works again after .* s; 2 documents wait/)
})

test('Delivery.flush() sends what is there without waiting for more, and resolves once nothing waits', async () => {
  const lane = new TestDelivery(new FakeSender(() => outage))
  const { sender, clock, delivery } = lane
  lane.push(['d0'])
  let isFlushed = false
  const flushed = delivery.flush(never).then(() => (isFlushed = true))
  await clock.advance(10)
  assert.equal(sender.requests.length, 1)
  assert.ok(!isFlushed)
  sender.answer = () => undefined
  await clock.advance(1000)
  await flushed
  assert.deepEqual(sender.accepted, ['d0'])
})

test('Delivery.flush() resolves at its deadline, or at once if nothing waits', async () => {
  const lane = new TestDelivery()
  const { sender, delivery } = lane
  await delivery.flush(never)
  sender.hang()
  lane.push(['d0'])
  const deadline = new AbortController()
  const flushed = delivery.flush(deadline.signal)
  deadline.abort()
  await flushed
  assert.equal(delivery.documents, 1)
})

test('Delivery.stop() lets requests end until its deadline, begins none, and leaves no timer', async () => {
  const lane = new TestDelivery()
  const { sender, clock, delivery, acknowledged } = lane
  const answer = sender.hang()
  lane.push(documentNames(0, 120))
  const stopped = delivery.stop(never)
  answer()
  const rows = await stopped
  await clock.advance(60_000)
  assert.deepEqual(sender.requests, [documentNames(0, 50)])
  assert.deepEqual([delivery.documents, clock.timers, acknowledged], [70, 0, []])
  assert.deepEqual(rows.map(({ id, rest }) => [id, rest.ends.length]), [[1, 70]])
})
