import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { afterEach, test } from 'node:test'
import { ExportError } from '../component/export-error.ts'
import { RejectedError } from '../component/rejected-error.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { FakeSender } from '../../test/support/fake-sender.ts'
import { pushBack, startQueue, TestQueue } from '../../test/support/test-queue.ts'
import { Spool } from './spool.ts'
import { documentNames, spoolFolder } from '../../test/support/test-spool.ts'
import { DISK_FULL, failSqlite, repairSqlite } from '../../test/support/sqlite-faults.ts'

const now = AbortSignal.abort()
const rejection = new ExportError('permanent', 'no good', { isRead: true })
const outage = new ExportError('retryable', 'away')

afterEach(repairSqlite)

test('Queue sends nothing again that was delivered before an exporter came back, though the disk was full', async () => {
  const audit = new FakeSender()
  const test = await startQueue({ xray: new FakeSender(() => outage), audit })
  await test.commit(documentNames(0, 50))
  failSqlite('commit', DISK_FULL)
  await test.clock.advance(1000)
  await test.queue.removeLane('audit', now)
  await test.queue.addLane('audit', audit, pushBack)
  repairSqlite()
  await test.commit(documentNames(50, 50))
  await test.clock.advance(1000)
  assert.deepEqual(audit.accepted, documentNames(0, 100))
  assert.equal(test.lane('audit').documents, 0)
  await test.stop()
})

test('Queue.commit() rejects with `busy` if the spool cannot be written, and delivers nothing of it', async () => {
  const xray = new FakeSender()
  const test = await startQueue({ xray })
  failSqlite('commit', DISK_FULL)
  await assert.rejects(test.commit(documentNames(0, 50)), (error) => {
    assert.ok(error instanceof RejectedError)
    assert.equal(error.code, 'busy')
    assert.equal(error.retryAfterMs, 5000)
    return true
  })
  repairSqlite()
  await test.commit(documentNames(50, 50))
  await test.clock.advance(1000)
  assert.deepEqual(xray.accepted, documentNames(50, 50))
  assert.match(test.log.text, /ERROR Cannot write the spool: database or disk is full; 50 documents were not ack/)
  await test.stop()
})

test('Queue counts documents as lost that cannot be written and whose sender waits for no answer', async () => {
  const test = await startQueue({ xray: new FakeSender() })
  failSqlite('commit', DISK_FULL)
  await assert.rejects(test.commit(documentNames(0, 3), false))
  assert.deepEqual(test.log.events.counters.dropped.by, { spool: 3 })
  await test.stop()
})

test('Queue.commit() resolves once documents are written, though old dead letters cannot be deleted', async () => {
  const xray = new FakeSender(() => rejection)
  const test = await startQueue({ xray }, new TestQueue({ maxDeadBytes: 0, whenDeadLettersFull: 'drop-oldest' }))
  await test.commit(['d0'])
  // Before its dead letter is written, which the next commit does, and then deletes it in a transaction of its own.
  await test.clock.advance(1040)
  xray.answer = () => undefined
  failSqlite('commit', DISK_FULL, { after: 1 })
  await test.commit(['d1'])
  repairSqlite()
  await test.clock.advance(1100)
  assert.deepEqual(xray.accepted, ['d1'])
  assert.equal(test.lane('xray').deadLetters.count, 0)
  await test.stop()
})

test('Queue goes on once there is room again, though an empty spool could not be recreated', async () => {
  const xray = new FakeSender()
  const test = await startQueue({ xray })
  await test.commit(documentNames(0, 50))
  failSqlite('commit', DISK_FULL)
  failSqlite('open', DISK_FULL)
  await test.clock.advance(200)
  await assert.rejects(test.commit(documentNames(50, 50)), RejectedError)
  repairSqlite()
  await test.commit(documentNames(100, 50))
  await test.clock.advance(1000)
  assert.deepEqual(xray.accepted, [...documentNames(0, 50), ...documentNames(100, 50)])
  assert.equal(await test.stop(), 0)
})

test('Queue recreates a spool of which everything is delivered if the disk is too full to delete from it', async () => {
  const dir = spoolFolder()
  const xray = new FakeSender()
  const first = await startQueue({ xray }, new TestQueue({ dir }))
  await first.commit(documentNames(0, 50))
  // The commit that deletes what was delivered, and the attempt to delete nothing else.
  failSqlite('commit', DISK_FULL, { times: 2 })
  await first.clock.advance(200)
  assert.deepEqual(xray.accepted, documentNames(0, 50))
  xray.answer = () => outage
  await first.commit(documentNames(50, 1))
  await first.stop()
  const second = await startQueue({ xray: new FakeSender() }, new TestQueue({ dir }))
  assert.equal(second.lane('xray').documents, 1)
  await second.stop()
})

test('Queue adds an exporter that is new to the spool though the disk is full', async () => {
  const dir = spoolFolder()
  await (await startQueue({ xray: new FakeSender() }, new TestQueue({ dir }))).stop()
  failSqlite('commit', DISK_FULL)
  const audit = new FakeSender(() => outage)
  const test = await startQueue({ xray: new FakeSender(), audit }, new TestQueue({ dir }))
  repairSqlite()
  await test.commit(documentNames(0, 3))
  await test.stop()
  const back = new FakeSender()
  const second = await startQueue({ audit: back }, new TestQueue({ dir }))
  await second.clock.advance(1000)
  assert.deepEqual(back.accepted, documentNames(0, 3))
  await second.stop()
})

test('Queue makes no more dead letters while they fill memory because the disk is full', async () => {
  const xray = new FakeSender((
    texts,
  ) => (texts.length === 1 ? rejection : new ExportError('permanent', 'halve it', { isRead: true })))
  const test = await startQueue({ xray })
  const large = Array.from({ length: 150 }, (_, i) => `${i}${'x'.repeat(50_000)}`)
  for (let i = 0; i < 150; i += 15) await test.commit(large.slice(i, i + 15))
  failSqlite('commit', DISK_FULL)
  await test.clock.advance(20_000)
  const dead = test.log.events.exporter('xray').counters.deadLettered.total
  assert.ok(dead > 80 && dead < 130, `${dead} documents became dead letters in memory`)
  repairSqlite()
  await test.clock.advance(20_000)
  assert.equal(test.lane('xray').deadLetters.count, 150)
  await test.stop()
})

test('Queue deletes no dead letter to make room: what is rejected or too old stays until a person makes room', async () => {
  const xray = new FakeSender((texts) => (texts.some((text) => text.startsWith('bad')) ? rejection : undefined))
  const test = await startQueue({ xray }, new TestQueue({ maxDeadBytes: 8 }))
  const bad = Array.from({ length: 6 }, (_, i) => `bad${i}`)
  for (const text of bad) {
    await test.commit([text, `good${text}`])
    await test.clock.advance(5000)
  }
  const dead = test.lane('xray').deadLetters.count
  assert.ok(dead > 0 && dead < 6, `${dead} dead letters`)
  assert.equal(test.lane('xray').documents, 6 - dead)
  assert.equal(xray.accepted.length, 6)
  assert.match(test.log.text, /ERROR xray: .* of dead letters are kept \(queue.maxDeadLetters\).*stays in the queue/)
  assert.equal(test.log.events.exporter('xray').counters.dropped.total, 0)
  xray.answer = () => undefined
  await test.queue.admin.redrive('all')
  await test.clock.advance(60_000)
  assert.deepEqual(xray.accepted.filter((text) => bad.includes(text)).sort(), bad)
  await test.stop()
})

test('Queue keeps a backlog that is too old all at once: what exceeds queue.maxDeadLetters waits, and is delivered', async () => {
  const dir = spoolFolder()
  const clock = new FakeClock()
  const first = await startQueue({ xray: new FakeSender(() => outage) }, new TestQueue({ dir }, { clock }))
  const names = documentNames(0, 5000)
  for (let i = 0; i < 5000; i += 250) await first.commit(names.slice(i, i + 250))
  await first.stop()
  await clock.advance(8 * 86_400_000)
  const away = new ExportError('retryable', 'away', { backendTime: clock.wall() })
  const xray = new FakeSender(() => away)
  const second = await startQueue({ xray }, new TestQueue({ dir, maxDeadBytes: 10_000 }, { clock }))
  await clock.advance(300_000)
  const { deadLetters, documents } = second.lane('xray')
  assert.ok(deadLetters.count > 0 && deadLetters.bytes <= 11_000, `${deadLetters.bytes} bytes`)
  assert.equal(deadLetters.count + documents, 5000)
  xray.answer = () => undefined
  await clock.advance(60_000)
  await second.queue.admin.redrive('all')
  await clock.advance(60_000)
  assert.deepEqual(xray.accepted.sort(), names.sort())
  await second.stop()
})

test('Queue turns a large backlog that is too old into dead letters a part at a time', async () => {
  const dir = spoolFolder()
  const clock = new FakeClock()
  const first = await startQueue({ xray: new FakeSender(() => outage) }, new TestQueue({ dir }, { clock }))
  const large = Array.from({ length: 400 }, (_, i) => `${i}${'x'.repeat(50_000)}`)
  for (let i = 0; i < 400; i += 20) await first.commit(large.slice(i, i + 20))
  await first.stop()
  await clock.advance(8 * 86_400_000)
  const second = await startQueue(
    { xray: new FakeSender(() => new ExportError('retryable', 'away', { backendTime: clock.wall() })) },
    new TestQueue({ dir, maxDeadBytes: 1e9 }, { clock }),
  )
  await clock.advance(0)
  const { deadLettered } = second.log.events.exporter('xray').counters
  const soon = deadLettered.of('too-old')
  assert.ok(soon > 0 && soon < 200, `${soon} documents became dead letters at once`)
  await clock.advance(5000)
  assert.equal(deadLettered.of('too-old'), 400)
  assert.equal(second.lane('xray').deadLetters.count, 400)
  assert.equal(await second.stop(), 0)
})

test('Queue tries once a second to delete what was delivered while the disk is full, however much comes', async () => {
  const test = await startQueue({ xray: new FakeSender(), audit: new FakeSender(() => outage) })
  for (let i = 0; i < 10; i++) await test.commit(documentNames(i * 50, 50))
  let attempts = 0
  const { commit } = Spool.prototype
  Spool.prototype.commit = function (change, wall) {
    if (change.acknowledged.length > 0) attempts++
    return commit.call(this, change, wall)
  }
  failSqlite('commit', DISK_FULL)
  for (let i = 0; i < 200; i++) await test.commit(['d'], false).catch(() => {})
  await test.clock.advance(1000)
  Spool.prototype.commit = commit
  repairSqlite()
  // Each time it is tried with new documents, and without.
  assert.ok(attempts >= 2 && attempts <= 8, `${attempts} attempts in ${test.clock.monotonic()} ms`)
  await test.stop()
})

test('Queue goes on with every lane though the disk has no room for the dead letters of one', async () => {
  const xray = new FakeSender(() => outage)
  const audit = new FakeSender(() => outage)
  const test = await startQueue({ xray, audit })
  const texts = Array.from({ length: 8 }, (_, i) => `d${i}`.padEnd(1 << 20, 'x'))
  for (const text of texts) await test.commit([text])
  const { commit } = Spool.prototype
  Spool.prototype.commit = function (change, wall) {
    if (change.block !== undefined || change.deadLetters.length > 0) throw new Error(DISK_FULL)
    return commit.call(this, change, wall)
  }
  xray.answer = () => undefined
  audit.answer = () => rejection
  await test.clock.advance(60_000)
  assert.equal(xray.accepted.length, 8)
  assert.equal(test.lane('xray').documents, 0)
  assert.deepEqual(audit.accepted, [])
  audit.answer = () => undefined
  await test.clock.advance(60_000)
  assert.equal(test.lane('audit').documents, 0)
  Spool.prototype.commit = commit
  await test.clock.advance(2000)
  const dead = test.queue.admin.deadLetters(0, 10)
  assert.ok(dead.length > 0 && dead.every(({ exporter }) => exporter === 'audit'))
  assert.equal(audit.accepted.length + dead.length, 8)
  await test.stop()
})

test('Queue comes out of a full disk by itself once everything is delivered, with its dead letters', async () => {
  const dir = spoolFolder()
  const xray = new FakeSender(() => rejection)
  const test = await startQueue({ xray }, new TestQueue({ dir, reserveBytes: 1 << 20 }))
  await test.commit(['rejected before'])
  await test.clock.advance(2000)
  assert.equal(test.lane('xray').deadLetters.count, 1)
  assert.ok(readdirSync(dir).includes('spool.reserve'))
  await test.commit(['rejected'])
  xray.answer = (texts) => texts.includes('rejected') ? rejection : undefined
  await test.commit(documentNames(0, 50))
  failSqlite('commit', DISK_FULL, { unless: () => !readdirSync(dir).includes('spool.reserve') })
  await test.clock.advance(60_000)
  await test.commit(documentNames(50, 50)).catch(() => {})
  repairSqlite()
  assert.equal(xray.accepted.filter((text) => text === 'd0').length, 1)
  assert.deepEqual(
    test.queue.admin.deadLetters(0, 10).map(({ document }) => new TextDecoder().decode(document)),
    ['"rejected before"', '"rejected"'],
  )
  assert.ok(readdirSync(dir).includes('spool.reserve'))
  await test.commit(documentNames(100, 50))
  await test.clock.advance(1000)
  assert.ok(xray.accepted.includes('d100'))
  assert.equal(await test.stop(), 0)
})
