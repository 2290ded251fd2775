import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ExportError } from '../component/export-error.ts'
import { CommandError } from '../errors/command-error.ts'
import { FakeSender } from '../../test/support/fake-sender.ts'
import { pushBack, TestQueue } from '../../test/support/test-queue.ts'
import { blockOf, documentNames, openTestSpool } from '../../test/support/test-spool.ts'
import { QueueAdmin } from './queue-admin.ts'
import type { Spool } from './spool.ts'

const now = AbortSignal.abort()
const never = new AbortController().signal
const outage = new ExportError('retryable', 'away')
const rejection = new ExportError('permanent', 'no good', { isRead: true })

const dead = { time: 1, reason: 'rejected', message: 'no', document: new Uint8Array([34, 100, 34]) } as const

const write = (spool: Spool, texts: readonly string[], lanes: readonly number[]): void =>
  void spool.commit({ block: blockOf(texts), lanes, acknowledged: [], deadLetters: [] }, 7)

/** A spool that no agent has open, with ten blocks for two lanes, of which one is configured. */
function openOffline() {
  const spool = openTestSpool()
  const [xray, removed] = [spool.lane('xray'), spool.lane('removed')]
  for (let i = 0; i < 10; i++) write(spool, documentNames(i * 3, 3), i % 2 === 0 ? [removed] : [removed, xray])
  const deadLetters = [{ ...dead, lane: removed }, { ...dead, lane: xray }]
  spool.commit({ lanes: [], acknowledged: [], deadLetters }, 0)
  return { spool, xray, removed, admin: new QueueAdmin(spool, { configured: () => ['xray'] }) }
}

/** A queue with an exporter, and one that was removed after it could not deliver. */
async function openRemoved(texts: readonly string[]) {
  const [xray, audit] = [new FakeSender(), new FakeSender(() => outage)]
  const test = new TestQueue()
  await test.queue.addLane('xray', xray, pushBack)
  await test.queue.addLane('audit', audit, pushBack)
  test.queue.start()
  return { test, xray, audit, admin: test.queue.admin, texts }
}

test('QueueAdmin.removedLanes() says what is stored for exporters that the config does not have', () => {
  const { spool, admin } = openOffline()
  const [removed, ...others] = admin.removedLanes()
  assert.deepEqual({ ...removed, bytes: 0 }, {
    name: 'removed',
    documents: 30,
    bytes: 0,
    oldest: 7,
    deadLetters: { count: 1, bytes: 3 },
  })
  assert.deepEqual(others, [])
  spool.close()
})

test('QueueAdmin.removedLanes() counts through what waits once, and is right after a part was taken', async () => {
  const { spool, removed, admin } = openOffline()
  const before = admin.removedLanes()[0]
  let walks = 0
  const { waiting } = spool
  const contents = waiting.contents.bind(waiting)
  waiting.contents = (...args) => {
    walks++
    return contents(...args)
  }
  for (let i = 0; i < 10; i++) admin.removedLanes()
  await admin.dropDeadLetters([1])
  assert.deepEqual(admin.removedLanes(), [{ ...before, deadLetters: { count: 0, bytes: 0 } }])
  assert.equal(walks, 0)
  assert.equal(spool.lanes().find(({ name }) => name === 'removed')?.id, removed)
  spool.close()
})

test('QueueAdmin.dropRemoved() deletes what is stored for a removed exporter, and keeps what others need', async () => {
  const { spool, xray, admin } = openOffline()
  assert.equal(await admin.dropRemoved('removed'), 31)
  assert.deepEqual(admin.removedLanes(), [])
  assert.deepEqual([spool.waiting.contents(xray).documents, spool.waiting.total().documents], [15, 15])
  assert.deepEqual(spool.lanes().map(({ name }) => name), ['xray'])
  spool.close()
})

test('QueueAdmin.moveRemoved() sends what is stored to another exporter, each document once, and its dead letters', async () => {
  const { spool, xray, admin } = openOffline()
  assert.equal(await admin.moveRemoved('removed', 'xray'), 30)
  assert.equal(spool.waiting.contents(xray).documents, 30)
  assert.deepEqual(admin.deadLetters(0, 10).map(({ exporter }) => exporter), ['xray', 'xray'])
  assert.deepEqual(spool.lanes().map(({ name }) => name), ['xray'])
  spool.close()
})

test('QueueAdmin refuses to drop or move what is stored for an exporter that the config has, or that is not known', async () => {
  const { spool, admin } = openOffline()
  await assert.rejects(admin.dropRemoved('xray'), /"xray" is in the config; remove it there first/)
  await assert.rejects(admin.moveRemoved('xray', 'xray'), CommandError)
  await assert.rejects(admin.moveRemoved('removed', 'other'), /"other" is not in the config; send to one of xray/)
  await assert.rejects(admin.dropRemoved('other'), /Nothing is kept for an exporter "other"/)
  assert.equal(admin.removedLanes()[0]?.documents, 30)
  spool.close()
})

test('QueueAdmin.moveRemoved() delivers at once if an agent runs', async () => {
  const { test, xray, admin } = await openRemoved([])
  await test.queue.removeLane('xray', now)
  const only = new FakeSender()
  await test.commit(documentNames(0, 200))
  await test.queue.addLane('tempo', only, pushBack)
  await test.queue.removeLane('audit', now)
  const moved = admin.moveRemoved('audit', 'tempo')
  await test.clock.advance(2000)
  assert.equal(await moved, 200)
  await test.clock.advance(2000)
  assert.deepEqual(only.accepted.toSorted(), documentNames(0, 200).sort())
  assert.deepEqual(test.queue.state.removed, [])
  assert.deepEqual(xray.accepted, [])
  await test.stop()
})

test('an exporter that comes back while what is stored for it is moved or dropped gets the rest, and nothing twice', async () => {
  for (const command of ['move', 'drop'] as const) {
    const { test, xray, admin } = await openRemoved([])
    // More blocks than are handled at once.
    for (let i = 0; i < 700; i++) await test.commit([`d${i}`], false)
    await test.clock.advance(2000)
    assert.equal(xray.accepted.length, 700)
    await test.queue.removeLane('audit', now)
    const back = new FakeSender()
    const moved = command === 'move' ? admin.moveRemoved('audit', 'xray') : admin.dropRemoved('audit')
    const failed = assert.rejects(moved, /"audit" is in the config/)
    await test.queue.addLane('audit', back, pushBack)
    await failed
    await test.clock.advance(20_000)
    assert.ok(back.accepted.length > 0 && back.accepted.length < 700, `${command}: ${back.accepted.length}`)
    assert.equal(
      xray.accepted.length + back.accepted.length,
      command === 'move' ? 1400 : 1400 - (700 - back.accepted.length),
    )
    assert.equal(test.lane('audit').documents, 0)
    assert.equal(await test.stop(), 0)
  }
})

test('nothing is moved or dropped while requests of a removed exporter have not ended', async () => {
  const { test, audit, admin } = await openRemoved([])
  const answer = audit.hang()
  await test.commit(documentNames(0, 50))
  const removed = test.queue.removeLane('audit', never)
  await assert.rejects(admin.dropRemoved('audit'), /Requests to the exporter "audit" have not ended; try again/)
  assert.deepEqual(admin.removedLanes(), [])
  answer()
  await removed
  await assert.rejects(admin.dropRemoved('audit'), /Nothing is kept/)
  await test.stop()
})

test('QueueAdmin.redrive() puts dead letters back for their exporter, or another one, each once', async () => {
  const { test, xray, audit, admin } = await openRemoved([])
  xray.answer = () => rejection
  await test.commit(documentNames(0, 3))
  await test.clock.advance(1100)
  xray.answer = () => undefined
  audit.answer = () => undefined
  const ids = admin.deadLetters(0, 10).map(({ id }) => id)
  assert.equal(ids.length, 3)
  assert.equal(await admin.redrive([...ids.slice(0, 2), ...ids.slice(0, 2), 99]), 2)
  assert.equal(await admin.redrive(ids, 'audit'), 1)
  assert.deepEqual(admin.deadLetters(0, 10), [])
  await test.clock.advance(20_000)
  assert.deepEqual(xray.accepted.toSorted(), ['d0', 'd1'])
  assert.equal(audit.accepted.filter((text) => text === 'd2').length, 2)
  await test.stop()
})

test('QueueAdmin.redrive() puts none back if the config does not have the exporter of one', async () => {
  const { spool, admin } = openOffline()
  for (const choice of [[2, 1], 'all'] as const) {
    await assert.rejects(admin.redrive(choice), /"removed" is not in the config; send to one of xray instead/)
    assert.equal(spool.deadLetters.count, 2)
  }
  await assert.rejects(admin.redrive('all', 'other'), CommandError)
  assert.equal(await admin.redrive([2, 1], 'xray'), 2)
  assert.equal(await admin.redrive('all'), 0)
  spool.close()
})

test('QueueAdmin.redrive() of all checks every exporter before it puts back any, however many there are', async () => {
  const { spool, xray, admin } = openOffline()
  const many = Array.from({ length: 300 }, () => ({ ...dead, lane: xray }))
  spool.commit({ lanes: [], acknowledged: [], deadLetters: [...many, { ...dead, lane: spool.lane('removed') }] }, 0)
  await assert.rejects(admin.redrive('all'), CommandError)
  assert.equal(spool.deadLetters.count, 303)
  assert.equal(spool.waiting.contents(xray).documents, 15)
  spool.close()
})

test('QueueAdmin.redrive() and dropDeadLetters() of all let others run in between', async () => {
  for (const command of ['redrive', 'dropDeadLetters'] as const) {
    const { spool, xray, admin } = openOffline()
    await admin.dropDeadLetters('all')
    const deadLetters = Array.from({ length: 1000 }, () => ({ ...dead, lane: xray }))
    spool.commit({ lanes: [], acknowledged: [], deadLetters }, 0)
    const counts: number[] = []
    const watch = setInterval(() => counts.push(spool.deadLetters.count))
    assert.equal(await admin[command]('all'), 1000)
    clearInterval(watch)
    assert.ok(counts.some((count) => count > 0 && count < 1000), `${command}: ${counts.join()}`)
    assert.equal(spool.deadLetters.count, 0)
    spool.close()
  }
})

test('QueueAdmin.redrive() of all ends, though what it puts back is rejected again', async () => {
  const { test, xray, audit, admin } = await openRemoved([])
  xray.answer = () => rejection
  audit.answer = () => undefined
  await test.commit(documentNames(0, 120))
  await test.clock.advance(5000)
  assert.equal(admin.deadLetters(0, 1000).length, 120)
  const watch = setInterval(() => void test.clock.advance(2000))
  assert.equal(await admin.redrive('all'), 120)
  clearInterval(watch)
  await test.clock.advance(20_000)
  assert.equal(admin.deadLetters(0, 1000).length, 120)
  await test.stop()
})

test('QueueAdmin finds and deletes dead letters', async () => {
  const { spool, admin } = openOffline()
  assert.deepEqual(admin.deadLetters(1, 10).map(({ id, exporter }) => [id, exporter]), [[2, 'xray']])
  assert.deepEqual([admin.deadLetter(1)?.exporter, admin.deadLetter(9)], ['removed', undefined])
  assert.equal(await admin.dropDeadLetters([1, 1, 9]), 1)
  assert.equal(admin.deadLetter(1), undefined)
  spool.close()
})
