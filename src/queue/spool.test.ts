import assert from 'node:assert/strict'
import { mkdirSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { blockOf, documentNames, openTestSpool, spoolFolder } from '../../test/support/test-spool.ts'
import type { Spool } from './spool.ts'
import { spoolPath } from './spool-file.ts'
import { spoolFormat } from './spool-format.ts'

const write = (spool: Spool, lanes: readonly number[], count = 50) =>
  spool.commit({ block: blockOf(documentNames(0, count)), lanes, acknowledged: [], deadLetters: [] }, 0)?.id ?? 0
const acknowledge = (spool: Spool, lane: number, rows: readonly number[]) =>
  spool.commit({ lanes: [], acknowledged: [{ lane, rows }], deadLetters: [] }, 0)

test('Spool keeps a block until no lane needs it', () => {
  const spool = openTestSpool()
  const [xray, audit] = [spool.lane('xray'), spool.lane('audit')]
  const ids = [write(spool, [xray, audit]), write(spool, [xray, audit]), write(spool, [xray])]
  acknowledge(spool, xray, ids)
  assert.deepEqual([spool.waiting.contents(xray).documents, spool.waiting.contents(audit).documents], [0, 100])
  assert.equal(spool.waiting.total().documents, 100)
  acknowledge(spool, audit, ids.slice(0, 1))
  assert.deepEqual(spool.waiting.contents(audit), { ...spool.waiting.contents(audit), documents: 50, firstId: ids[1] })
  acknowledge(spool, audit, ids.slice(1))
  assert.equal(spool.waiting.total().documents, 0)
  spool.close()
})

test('Spool has after a restart what was not delivered, by lane, and ids go on', () => {
  const dir = spoolFolder()
  const first = openTestSpool(dir)
  const [xray, audit] = [first.lane('xray'), first.lane('audit')]
  const ids = [write(first, [xray, audit]), write(first, [xray, audit])]
  acknowledge(first, xray, ids)
  first.close()
  const second = openTestSpool(dir)
  assert.deepEqual([second.lane('audit'), second.lane('xray')], [audit, xray])
  assert.deepEqual([second.waiting.contents(xray).documents, second.waiting.contents(audit).documents], [0, 100])
  assert.equal(write(second, [xray]), 3)
  second.close()
})

test('Spool.commit() rolls back everything if a part of it fails', () => {
  const spool = openTestSpool()
  const lane = spool.lane('xray')
  const id = write(spool, [lane])
  const dead = { lane, time: 0, reason: 'rejected', message: 'no', document: new Uint8Array([34, 34]) } as const
  const broken = { ...dead, message: Symbol('not a value') as unknown as string } // fails in the middle of the transaction
  assert.throws(() =>
    spool.commit({ lanes: [lane], acknowledged: [{ lane, rows: [id] }], deadLetters: [dead, broken] }, 0)
  )
  assert.equal(spool.waiting.contents(lane).documents, 50)
  assert.deepEqual(spool.deadLetters.totals(lane), { count: 0, bytes: 0 })
  spool.close()
})

test('Spool.moveWaiting() writes what waits for one lane after what waits for another, but nothing that waits for both', () => {
  const spool = openTestSpool()
  const [removed, xray] = [spool.lane('removed'), spool.lane('xray')]
  write(spool, [removed, xray])
  write(spool, [removed])
  write(spool, [removed])
  const { documents, rows } = spool.moveWaiting(removed, xray, 2)
  assert.equal(documents, 100)
  assert.deepEqual(rows.map(({ id }) => id), [4])
  assert.deepEqual([spool.waiting.contents(removed).documents, spool.waiting.contents(xray).documents], [50, 100])
  assert.equal(spool.waiting.read(4)?.ends.length, 50)
  assert.equal(spool.waiting.total().documents, 150)
  spool.close()
})

test('Spool.dropWaiting() takes blocks off a lane, which is forgotten once nothing is stored for it', () => {
  const spool = openTestSpool()
  const [removed, xray] = [spool.lane('removed'), spool.lane('xray')]
  write(spool, [removed, xray])
  write(spool, [removed])
  assert.equal(spool.dropWaiting(removed, 1).documents, 50)
  spool.forgetLane(removed)
  assert.ok(spool.lanes().some(({ name }) => name === 'removed'))
  assert.equal(spool.dropWaiting(removed, 10).documents, 50)
  assert.equal(spool.waiting.total().documents, 50)
  spool.forgetLane(removed)
  assert.ok(spool.lanes().every(({ name }) => name !== 'removed'))
  assert.notEqual(spool.lane('other'), removed)
  spool.close()
})

/** A spool of version 2, as 0.1 wrote it, with a block of three documents and a dead letter. @returns its folder */
function writeVersion2(): string {
  const dir = spoolFolder()
  mkdirSync(dir)
  const db = new DatabaseSync(spoolPath(dir))
  for (const step of spoolFormat('normal').steps.slice(0, 2)) db.exec(step)
  const { bytes, ends, traces } = blockOf(documentNames(0, 3))
  db.prepare('INSERT INTO blocks (id, created, documents, bytes, ends, traces) VALUES (7, 1, 3, ?, ?, ?)')
    .run(bytes, new Uint8Array(ends.buffer), new Uint8Array(traces.buffer))
  db.exec("INSERT INTO dead_letters (time, reason, message, document) VALUES (1, 'refused', 'no', X'2222')")
  db.exec('PRAGMA user_version = 2')
  db.close()
  return dir
}

test('Spool reads one of version 2: what waited waits for xray', () => {
  const spool = openTestSpool(writeVersion2())
  const lane = spool.lane('xray')
  assert.equal(spool.waiting.contents(lane).documents, 3)
  assert.deepEqual(spool.waiting.read(7)?.ends, blockOf(documentNames(0, 3)).ends)
  assert.deepEqual(spool.deadLetters.totals(lane), { count: 1, bytes: 2 })
  assert.equal(spool.deadLetters.list(0, 1)[0]?.reason, 'rejected')
  spool.close()
})

test('a Spool that was of version 2 keeps blocks for one lane and for several', () => {
  const dir = writeVersion2()
  const first = openTestSpool(dir)
  const [xray, audit] = [first.lane('xray'), first.lane('audit')]
  const ids = [7, write(first, [audit]), write(first, [xray, audit]), write(first, [xray])]
  assert.deepEqual(ids.map((id) => first.waiting.lanesOf(id)), [[xray], [audit], [xray, audit], [xray]])
  first.close()
  const second = openTestSpool(dir)
  acknowledge(second, xray, ids)
  assert.deepEqual([second.waiting.contents(xray).documents, second.waiting.contents(audit).documents], [0, 100])
  acknowledge(second, audit, ids)
  assert.equal(second.waiting.total().documents, 0)
  second.close()
})

test('a Spool of an older version comes to have the tables and columns of a new one', () => {
  const columns = (dir: string) => {
    const db = new DatabaseSync(spoolPath(dir))
    const rows = db.prepare(
      `SELECT m.name AS "table", c.name, c.type, c."notnull", c.pk FROM sqlite_master m, pragma_table_info(m.name) c
         WHERE m.type = 'table' ORDER BY m.name, c.name`,
    ).all()
    db.close()
    return rows.map((row) => Object.values(row).join(' '))
  }
  const [older, newer] = [writeVersion2(), spoolFolder()]
  for (const dir of [older, newer]) openTestSpool(dir).close()
  assert.deepEqual(columns(older), columns(newer))
})

test('Spool writes one page for a small commit if one lane needs it, and the lanes on a second one if several do', () => {
  const dir = spoolFolder()
  const spool = openTestSpool(dir)
  const [xray, audit] = [spool.lane('xray'), spool.lane('audit')]
  write(spool, [xray, audit])
  const pagesOf = (lanes: readonly number[]): number => {
    const before = statSync(`${spoolPath(dir)}-wal`).size
    write(spool, lanes)
    return Math.round((statSync(`${spoolPath(dir)}-wal`).size - before) / 32_768)
  }
  assert.deepEqual([pagesOf([xray]), pagesOf([audit]), pagesOf([xray, audit])], [1, 1, 2])
  spool.close()
})

test('Spool finds what waits for a lane among blocks for another lane alone, for it alone, and for both', () => {
  const spool = openTestSpool()
  const [xray, audit] = [spool.lane('xray'), spool.lane('audit')]
  const ids = [[audit], [xray], [xray, audit], [audit], [xray, audit], [xray]].map((lanes) => write(spool, lanes))
  const { waiting } = spool
  const found: number[] = []
  for (let id = waiting.next(xray, 0); id !== undefined; id = waiting.next(xray, id + 1)) found.push(id)
  const expected = [1, 2, 4, 5].map((i) => ids[i])
  assert.deepEqual(found, expected)
  assert.deepEqual(waiting.sizes(xray, 0, 10).map(({ id }) => id), expected)
  assert.deepEqual(waiting.sizes(xray, expected[1] ?? 0, 2).map(({ id }) => id), expected.slice(1, 3))
  const { documents, firstId } = waiting.contents(xray, expected[1])
  assert.deepEqual([documents, firstId, waiting.oldest(xray)], [150, expected[1], 0])
  assert.deepEqual([[xray], [audit], [xray, audit], []].map((lanes) => waiting.total(lanes).documents), [
    200,
    200,
    300,
    0,
  ])
  acknowledge(spool, xray, ids)
  assert.deepEqual(ids.map((id) => waiting.lanesOf(id)), [[audit], [], [audit], [audit], [audit], []])
  assert.equal(waiting.total().documents, 200)
  spool.close()
})

test('a second Spool on the same folder refuses to open, and says why', () => {
  const dir = spoolFolder()
  const first = openTestSpool(dir)
  assert.throws(() => openTestSpool(dir), /another rontgen has it open/)
  first.close()
  openTestSpool(dir).close()
})
