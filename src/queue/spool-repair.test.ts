import assert from 'node:assert/strict'
import { cpSync, existsSync, readdirSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, test } from 'node:test'
import { ExportError } from '../component/export-error.ts'
import { overwrite } from '../../test/support/damage.ts'
import { FakeSender } from '../../test/support/fake-sender.ts'
import { DAMAGED, DISK_FULL, failSqlite, repairSqlite } from '../../test/support/sqlite-faults.ts'
import { pushBack, startQueue, TestQueue } from '../../test/support/test-queue.ts'
import { documentNames, spoolFolder } from '../../test/support/test-spool.ts'
import { spoolPath } from './spool-file.ts'
import { WaitingBlocks } from './waiting-blocks.ts'

const outage = new ExportError('retryable', 'away')
const rejection = new ExportError('permanent', 'no good', { isRead: true })
const away = (): FakeSender => new FakeSender(() => outage)

const { read } = WaitingBlocks.prototype
afterEach(() => {
  repairSqlite()
  WaitingBlocks.prototype.read = read
})

/** Changes a spool that no queue has open. */
function change(dir: string, sql: string): void {
  const db = new DatabaseSync(spoolPath(dir))
  db.exec(sql)
  db.close()
}

/** Writes blocks of ten documents for exporters that are away. @returns the folder of the spool */
async function writeSpool(blocks: number, exporters: readonly string[] = ['xray']): Promise<string> {
  const dir = spoolFolder()
  const test = await startQueue(Object.fromEntries(exporters.map((name) => [name, away()])), new TestQueue({ dir }))
  for (let i = 0; i < blocks; i++) await test.commit(documentNames(i * 10, 10))
  // Before a request failed, so that every block is whole.
  await test.stop()
  return dir
}

test('a spool that is overwritten while the queue runs is rebuilt from memory: nothing is lost, and more is accepted', async () => {
  const dir = spoolFolder()
  const [xray, audit] = [away(), new FakeSender()]
  const first = await startQueue({ xray, audit }, new TestQueue({ dir }))
  for (let i = 0; i < 20; i++) await first.commit(documentNames(i * 10, 10))
  await first.clock.advance(100)
  for (const suffix of ['', '-wal']) overwrite(spoolPath(dir) + suffix, 0, new Uint8Array(300_000).fill(0x55))
  failSqlite('begin', DAMAGED, { times: 1 })
  await first.commit(documentNames(200, 10))
  assert.match(first.log.text, /ERROR The spool is damaged .*malformed.* A new spool is in use/)
  assert.equal(first.lane('xray').documents, 210)
  await first.clock.advance(2000)
  assert.deepEqual(audit.accepted, documentNames(0, 210))
  assert.equal(await first.stop(), 210)
  const back = new FakeSender()
  const second = await startQueue({ xray: back, audit: new FakeSender() }, new TestQueue({ dir }))
  await second.clock.advance(10_000)
  assert.deepEqual(back.accepted.toSorted(), documentNames(0, 210).sort())
  assert.equal(second.lane('audit').documents, 0)
  await second.stop()
})

test('a block that is malformed is left out, what waits on disk is delivered without it, and counted right', async () => {
  const dir = await writeSpool(30)
  change(dir, 'UPDATE blocks SET ends = traces WHERE id = 12')
  const xray = new FakeSender()
  const test = await startQueue({ xray }, new TestQueue({ dir }))
  await test.commit(documentNames(300, 10))
  await test.clock.advance(10_000)
  const expected = documentNames(0, 310).filter((_, i) => i < 110 || i >= 120)
  assert.deepEqual(xray.accepted, expected)
  assert.match(
    test.log.text,
    /The spool is damaged .*row 12 .*malformed.*; 29 blocks of documents were recovered, 1 cannot/,
  )
  assert.equal(test.lane('xray').documents, 0)
  assert.equal(test.lane('xray').bytes, 0)
  assert.equal(await test.stop(), 0)
})

test('a rebuilt spool hands no exporter what was written for another one alone', async () => {
  const dir = spoolFolder()
  const rejecting = new FakeSender(() => rejection)
  const first = await startQueue({ xray: rejecting, audit: away() }, new TestQueue({ dir, maxMemory: 0 }))
  await first.commit(['redriven'])
  await first.clock.advance(1100)
  rejecting.answer = () => outage
  await first.commit(documentNames(0, 10))
  assert.equal(await first.queue.admin.redrive([1]), 1)
  await first.stop()
  change(dir, 'UPDATE blocks SET ends = traces WHERE id = 2')
  const [xray, audit] = [new FakeSender(), new FakeSender()]
  const second = await startQueue({ xray, audit }, new TestQueue({ dir }))
  await second.clock.advance(10_000)
  assert.match(second.log.text, /The spool is damaged/)
  assert.deepEqual(xray.accepted, ['redriven'])
  assert.deepEqual(audit.accepted, ['redriven'])
  await second.stop()
})

test('a rebuilt spool has the dead letters, and what waits for removed exporters', async () => {
  const dir = await writeSpool(20, ['xray', 'audit'])
  const rejecting = new FakeSender(() => rejection)
  const first = await startQueue({ xray: rejecting }, new TestQueue({ dir }))
  await first.commit(['dead'])
  await first.clock.advance(10_000)
  assert.equal(first.lane('xray').deadLetters.count, 201)
  failSqlite('begin', DAMAGED, { times: 1 })
  await first.commit(documentNames(500, 10))
  assert.match(first.log.text, /The spool is damaged/)
  assert.equal(first.lane('xray').deadLetters.count, 201)
  assert.deepEqual(first.queue.state.removed.map(({ name, documents }) => [name, documents]), [['audit', 200]])
  await first.stop()
})

test('dead letters that are redriven while the spool is rebuilt are those that were chosen, each once', async () => {
  const rejecting = new FakeSender(() => rejection)
  const test = await startQueue({ xray: rejecting }, new TestQueue())
  await test.commit(documentNames(0, 5))
  await test.clock.advance(1100)
  await test.queue.admin.dropDeadLetters([1, 2])
  rejecting.answer = () => undefined
  failSqlite('begin', DAMAGED, { times: 1 })
  assert.equal(await test.queue.admin.redrive([4]), 1)
  assert.match(test.log.text, /The spool is damaged/)
  await test.clock.advance(2000)
  assert.equal(rejecting.accepted.length, 1)
  assert.deepEqual(test.queue.admin.deadLetters(0, 10).map(({ id }) => id), [3, 5])
  await test.stop()
})

test('a rebuilt spool has the dead letters that were not written yet', async () => {
  const dir = spoolFolder()
  const rejecting = new FakeSender(() => rejection)
  const first = await startQueue({ xray: rejecting }, new TestQueue({ dir }))
  await first.commit(['d0'])
  await first.clock.advance(995)
  // Deletes what was delivered, so that the next commit does not.
  await first.commit(['d1'])
  await first.clock.advance(10)
  failSqlite('begin', DAMAGED, { times: 1 })
  await first.commit(['d2'])
  // As after a SIGKILL right now.
  const copy = spoolFolder()
  cpSync(dir, copy, { recursive: true })
  const second = await startQueue({ xray: new FakeSender() }, new TestQueue({ dir: copy }))
  assert.equal(second.lane('xray').deadLetters.count, 2)
  assert.equal(second.lane('xray').documents, 1)
  await first.stop()
  await second.stop()
})

test('a spool that cannot be rebuilt, as the disk is full, stays as it is, and is rebuilt once there is room', async () => {
  const dir = spoolFolder()
  const xray = away()
  const test = await startQueue({ xray }, new TestQueue({ dir }))
  await test.commit(documentNames(0, 10))
  failSqlite('begin', DAMAGED, { times: 3 })
  failSqlite('commit', DISK_FULL)
  await assert.rejects(test.commit(documentNames(10, 10)), /The spool cannot be written/)
  assert.ok(existsSync(spoolPath(dir)))
  repairSqlite()
  await test.clock.advance(6000)
  failSqlite('begin', DAMAGED, { times: 1 })
  await test.commit(documentNames(20, 10))
  assert.equal(readdirSync(dir).filter((name) => /quarantine-[\dT-]+Z$/.test(name)).length, 1)
  xray.answer = () => undefined
  await test.clock.advance(20_000)
  assert.deepEqual(xray.accepted.toSorted(), [...documentNames(0, 10), ...documentNames(20, 10)].sort())
  assert.equal(await test.stop(), 0)
})

test('what cannot be read stays in the spool, and is read again later', async () => {
  WaitingBlocks.prototype.read = () => {
    throw new Error('disk I/O error')
  }
  const xray = new FakeSender()
  const test = new TestQueue({ dir: await writeSpool(10) })
  await test.queue.addLane('xray', xray, pushBack)
  failSqlite('open', 'disk I/O error')
  test.queue.start()
  await test.clock.advance(3000)
  assert.match(test.log.text, /ERROR xray: Cannot read what waits: .*disk I\/O error/)
  assert.equal(test.lane('xray').documents, 100)
  WaitingBlocks.prototype.read = read
  repairSqlite()
  await test.clock.advance(10_000)
  assert.deepEqual(xray.accepted, documentNames(0, 100))
  assert.equal(await test.stop(), 0)
})
