import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ExportError } from '../component/export-error.ts'
import { FakeSender } from '../../test/support/fake-sender.ts'
import { pushBack, startQueue, TestQueue } from '../../test/support/test-queue.ts'
import { documentNames, spoolFolder } from '../../test/support/test-spool.ts'

const never = new AbortController().signal
const now = AbortSignal.abort()
const rejection = new ExportError('permanent', 'no good', { isRead: true })
const outage = new ExportError('retryable', 'away')
const throttle = new ExportError('retryable', 'slow down', { isThrottle: true })

test('Queue delivers what was committed to every exporter, and the spool is then empty', async () => {
  const [xray, audit] = [new FakeSender(), new FakeSender()]
  const test = await startQueue({ xray, audit })
  await test.commit(documentNames(0, 120))
  await test.clock.advance(1000)
  assert.deepEqual(xray.accepted, documentNames(0, 120))
  assert.deepEqual(audit.accepted, documentNames(0, 120))
  assert.equal(await test.stop(), 0)
})

test('Queue delivers to one exporter while another one hangs, a third rejects, and a fourth throttles', async () => {
  const [xray, hanging, rejecting, throttling] = [
    new FakeSender(),
    new FakeSender(),
    new FakeSender((texts) => (texts.includes('d7') ? rejection : undefined)),
    new FakeSender(() => throttle),
  ]
  const test = await startQueue({ xray, hanging, rejecting, throttling })
  hanging.hang()
  for (let i = 0; i < 10; i++) await test.commit(documentNames(i * 50, 50))
  await test.clock.advance(2000)
  assert.deepEqual(xray.accepted, documentNames(0, 500))
  assert.equal(test.lane('xray').documents, 0)
  assert.deepEqual(rejecting.accepted.toSorted(), documentNames(0, 500).filter((name) => name !== 'd7').sort())
  assert.equal(test.lane('rejecting').deadLetters.count, 1)
  assert.deepEqual(test.queue.admin.deadLetters(0, 10).map(({ exporter, reason }) => [exporter, reason]), [
    ['rejecting', 'rejected'],
  ])
  assert.equal(test.lane('hanging').documents, 500)
  assert.equal(test.lane('hanging').delivery.inFlight, pushBack.concurrency)
  assert.equal(test.lane('throttling').documents, 500)
  throttling.answer = () => undefined
  await test.clock.advance(60_000)
  assert.deepEqual(throttling.accepted.toSorted(), documentNames(0, 500).sort())
  assert.equal(await test.stop(), 500)
})

test('Queue has after a restart what each exporter has not delivered', async () => {
  const dir = spoolFolder()
  const first = await startQueue(
    { xray: new FakeSender(), audit: new FakeSender(() => outage) },
    new TestQueue({ dir }),
  )
  await first.commit(documentNames(0, 60))
  await first.clock.advance(1000)
  assert.equal(await first.stop(), 60)
  const [xray, audit] = [new FakeSender(), new FakeSender()]
  const second = await startQueue({ xray, audit }, new TestQueue({ dir }))
  await second.clock.advance(10_000)
  assert.deepEqual(xray.accepted, [])
  assert.deepEqual(audit.accepted, documentNames(0, 60))
  assert.match(second.log.text, /Found 60 documents/)
  assert.equal(await second.stop(), 0)
})

test('Queue delivers what waits for a removed exporter once it is back, and nothing of what came meanwhile', async () => {
  const test = await startQueue({ xray: new FakeSender(), audit: new FakeSender(() => outage) })
  await test.commit(documentNames(0, 60))
  await test.queue.removeLane('audit', now)
  await test.commit(documentNames(60, 60))
  assert.deepEqual(
    test.queue.state.removed.map(({ name, documents }) => ({ name, documents })),
    [{ name: 'audit', documents: 60 }],
  )
  const audit = new FakeSender()
  await test.queue.addLane('audit', audit, pushBack)
  await test.commit(documentNames(120, 10))
  await test.clock.advance(10_000)
  assert.deepEqual(audit.accepted, [...documentNames(0, 60), ...documentNames(120, 10)])
  assert.deepEqual(test.queue.state.removed, [])
  await test.stop()
})

test('Queue keeps for a removed exporter what was accepted before, though it was not written yet', async () => {
  const test = await startQueue({ xray: new FakeSender(), audit: new FakeSender() })
  const group = test.queue.open()
  group.begin()
  group.writer.ascii('d0')
  group.end(0)
  const committed = test.queue.commit(true)
  const removed = test.queue.removeLane('audit', now)
  await test.clock.advance(1)
  await Promise.all([committed, removed])
  assert.deepEqual(test.queue.state.removed.map(({ documents }) => documents), [1])
  await test.stop()
})

test('Queue sends nothing twice if an exporter comes back while its requests have not ended', async () => {
  const test = await startQueue({ xray: new FakeSender() })
  const audit = new FakeSender()
  const answer = audit.hang()
  await test.queue.addLane('audit', audit, pushBack)
  await test.commit(documentNames(0, 60))
  const removed = test.queue.removeLane('audit', never)
  const added = test.queue.addLane('audit', audit, pushBack)
  await test.commit(documentNames(60, 60))
  answer()
  await removed
  await added
  await test.commit(documentNames(120, 50))
  await test.clock.advance(5000)
  assert.deepEqual(audit.accepted.toSorted(), [...documentNames(0, 60), ...documentNames(120, 50)].sort())
  assert.equal(test.lane('audit').documents, 0)
  await test.stop()
})

test('Queue remembers an exporter that was removed and came back, over a restart', async () => {
  const dir = spoolFolder()
  const first = await startQueue({ xray: new FakeSender() }, new TestQueue({ dir }))
  const audit = new FakeSender()
  const answer = audit.hang()
  await first.queue.addLane('audit', audit, pushBack)
  await first.commit(documentNames(0, 50))
  const removed = first.queue.removeLane('audit', never)
  const added = first.queue.addLane('audit', audit, pushBack)
  answer()
  await removed
  await added
  audit.answer = () => outage
  await first.commit(documentNames(50, 50))
  await first.stop()
  const back = new FakeSender()
  const other = new FakeSender()
  const second = await startQueue({ xray: new FakeSender(), other, audit: back }, new TestQueue({ dir }))
  await second.clock.advance(5000)
  assert.deepEqual(back.accepted, documentNames(50, 50))
  assert.deepEqual(other.accepted, [])
  await second.stop()
})

test('Queue sends nothing again after a restart that was delivered before, though it was a part of a block', async () => {
  const dir = spoolFolder()
  const xray = new FakeSender((texts) => (texts.includes('d60') ? outage : undefined))
  const first = await startQueue({ xray }, new TestQueue({ dir }))
  await first.commit(documentNames(0, 200))
  await first.clock.advance(1000)
  await first.stop()
  const back = new FakeSender()
  const second = await startQueue({ xray: back }, new TestQueue({ dir }))
  await second.clock.advance(2000)
  assert.ok(xray.accepted.length > 0)
  assert.deepEqual([...xray.accepted, ...back.accepted].sort(), documentNames(0, 200).sort())
  await second.stop()
})

test('Queue.replaceSender() sends by the new one what the old one has not ended at the deadline', async () => {
  const old = new FakeSender()
  const test = await startQueue({ xray: old })
  old.hang()
  await test.commit(documentNames(0, 200))
  const replacement = new FakeSender()
  const deadline = new AbortController()
  const replaced = test.queue.replaceSender('xray', replacement, deadline.signal)
  await test.clock.advance(1000)
  assert.deepEqual(replacement.accepted, [])
  deadline.abort()
  await replaced
  await test.clock.advance(1000)
  assert.deepEqual(replacement.accepted.toSorted(), documentNames(0, 200).sort())
  assert.equal(await test.stop(), 0)
})

test('Queue asks clients to wait while a lane is full whose exporter pushes back, and says for which', async () => {
  const xray = new FakeSender()
  const test = await startQueue({ xray }, new TestQueue({ maxBytes: 1000 }))
  xray.answer = () => outage
  for (let i = 0; i < 10; i++) await test.commit([`${i}${'x'.repeat(100)}`])
  assert.throws(() => test.queue.open(), /The queue is full: [\d.]+ k?B wait for xray/)
  assert.equal(test.queue.state.isFull, true)
  xray.answer = () => undefined
  await test.clock.advance(20_000)
  await test.commit(['d'])
  await test.stop()
})

test('Queue drops the oldest documents of a lane that may, counts them, and keeps them for the others', async () => {
  const [xray, local] = [new FakeSender(), new FakeSender()]
  const test = new TestQueue({ maxBytes: 3000 })
  await test.queue.addLane('xray', xray, pushBack)
  await test.queue.addLane('local', local, { concurrency: 1, whenFull: 'drop-oldest' })
  const answer = local.hang()
  test.queue.start()
  const texts = Array.from({ length: 40 }, (_, i) => `${i}${'x'.repeat(98)}`)
  for (const [i, text] of texts.entries()) {
    await test.commit([text])
    if (i % 10 === 9) await test.clock.advance(1000)
  }
  assert.deepEqual(xray.accepted, texts)
  const dropped = test.log.events.exporter('local').counters.dropped.of('queue-full')
  assert.ok(test.lane('local').bytes <= 3000)
  assert.equal(test.lane('local').documents, 40 - dropped)
  answer()
  await test.clock.advance(20_000)
  assert.ok(dropped > 0)
  // What was in flight is not dropped.
  assert.deepEqual(local.accepted, [...texts.slice(0, 10), ...texts.slice(10 + dropped)])
  assert.match(test.log.text, /ERROR local: dropped the \d+ oldest waiting documents/)
  assert.equal(await test.stop(), 0)
})

test('Queue.state says how old the oldest document is that is not delivered, though it is in flight', async () => {
  const xray = new FakeSender()
  const test = await startQueue({ xray })
  xray.hang()
  await test.commit(documentNames(0, 50))
  await test.clock.advance(7000)
  assert.equal(test.lane('xray').documents, 50)
  assert.ok(test.lane('xray').oldestMs >= 7000, `${test.lane('xray').oldestMs} ms`)
  await test.stop()
})

test('Queue.start() reports what it found for its exporters, and what is stored for removed ones', async () => {
  const dir = spoolFolder()
  const first = await startQueue(
    { xray: new FakeSender(() => outage), audit: new FakeSender(() => outage) },
    new TestQueue({ dir }),
  )
  await first.commit(documentNames(0, 5))
  await first.queue.removeLane('xray', now)
  await first.commit(documentNames(5, 7))
  await first.stop()
  const second = await startQueue({ xray: new FakeSender() }, new TestQueue({ dir }))
  assert.match(second.log.text, /Found 5 documents .* of an earlier run/)
  assert.match(second.log.text, /12 documents are kept for the exporter "audit", which is not in the config/)
  await second.stop()
})

test('Queue.stop() returns how many documents are left, and aborts what is in flight', async () => {
  const xray = new FakeSender()
  const test = await startQueue({ xray })
  xray.hang()
  await test.commit(documentNames(0, 120))
  assert.equal(await test.stop(), 120)
  assert.equal(xray.inFlight, 0)
  assert.equal(test.clock.timers, 0)
  assert.throws(() => test.queue.open(), /The agent is stopping/)
})

test('Queue.stop() delivers what failed before, until the deadline', async () => {
  const xray = new FakeSender(() => outage)
  const test = await startQueue({ xray })
  await test.commit(documentNames(0, 50))
  await test.clock.advance(100)
  xray.answer = () => undefined
  const stopped = test.queue.stop(never)
  await test.clock.advance(20_000)
  assert.deepEqual(await stopped, { documents: 0, removed: [] })
  assert.deepEqual(xray.accepted, documentNames(0, 50))
  assert.equal(test.clock.timers, 0)
})

test('Queue.stop() returns what is left for removed exporters, whether their requests have ended or not', async () => {
  const archive = new FakeSender(() => outage)
  const audit = new FakeSender()
  const test = await startQueue({ xray: new FakeSender(), archive, audit })
  audit.hang()
  await test.commit(documentNames(0, 50))
  await test.clock.advance(100)
  await test.queue.removeLane('archive', now)
  void test.queue.removeLane('audit', never)
  const { documents, removed } = await test.queue.stop(now)
  assert.equal(documents, 0)
  assert.deepEqual(removed.map((lane) => [lane.name, lane.documents]), [['archive', 50], ['audit', 50]])
})

test('Queue.stop() keeps what is left of a block for an exporter that was being removed', async () => {
  const dir = spoolFolder()
  const audit = new FakeSender((texts) => (texts.includes('d0') ? undefined : outage))
  const first = await startQueue({ xray: new FakeSender(), audit }, new TestQueue({ dir }))
  const xray = new FakeSender()
  await first.commit(documentNames(0, 120))
  await first.clock.advance(100)
  const answer = audit.hang()
  await first.clock.advance(1000)
  const removed = first.queue.removeLane('audit', never)
  const stopped = first.queue.stop(never)
  answer(outage)
  await first.clock.advance(1000)
  await Promise.all([removed, stopped])
  const back = new FakeSender()
  const second = await startQueue({ xray, audit: back }, new TestQueue({ dir }))
  await second.clock.advance(5000)
  assert.ok(audit.accepted.length >= 50)
  assert.deepEqual([...audit.accepted, ...back.accepted].sort(), documentNames(0, 120).sort())
  await second.stop()
})

test('Queue.addLane() refuses a second lane for an exporter', async () => {
  const test = await startQueue({ xray: new FakeSender() })
  await assert.rejects(test.queue.addLane('xray', new FakeSender(), pushBack), /"xray" has a lane already/)
  await test.stop()
})
