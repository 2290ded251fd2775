import assert from 'node:assert/strict'
import { cpSync, existsSync, readdirSync, renameSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { afterEach, test } from 'node:test'
import { damagePagesWith } from '../../test/support/damage.ts'
import { DISK_FULL, failSqlite, repairSqlite } from '../../test/support/sqlite-faults.ts'
import { blockOf, documentNames, openTestSpool, spoolFolder } from '../../test/support/test-spool.ts'
import { type RebuildSource, rebuildSpool } from './rebuild-spool.ts'
import type { Spool } from './spool.ts'
import { rebuiltPath, spoolPath } from './spool-file.ts'

afterEach(repairSqlite)

const largeText = (i: number): string => `document-${i}-${'x'.repeat(3900)}`

const commit = (spool: Spool, texts: readonly string[], lanes: readonly number[]) =>
  spool.commit({ block: blockOf(texts), lanes, acknowledged: [], deadLetters: [] }, 5)

/** A spool of 60 blocks for one lane. @returns its folder */
function writeSpool(blocks = 60): string {
  const dir = spoolFolder()
  const spool = openTestSpool(dir)
  const lane = spool.lane('xray')
  for (let i = 0; i < blocks; i++) commit(spool, [largeText(i)], [lane])
  const dead = { lane, time: 7, reason: 'rejected', message: 'no', document: new Uint8Array([34, 34]) } as const
  spool.commit({ lanes: [], acknowledged: [], deadLetters: [dead] }, 0)
  spool.close()
  return dir
}

const source: RebuildSource = {
  lastId: 100,
  held: [],
  deadLetters: [],
  lanes: (read) => read,
  lanesOf: (_, read) => read ?? [1],
}

const idsOf = (spool: Spool): number[] => spool.waiting.sizes(spool.lane('xray'), 0, 5000).map(({ id }) => id)

test('rebuildSpool() keeps what can be read under its ids, with dead letters, and the damaged file', () => {
  const dir = writeSpool()
  damagePagesWith(spoolPath(dir), 'document-30-')
  const { file, recovered, unreadable } = rebuildSpool(spoolPath(dir), source)
  assert.equal(recovered + (unreadable ?? 0), 60)
  assert.ok(existsSync(file))
  const spool = openTestSpool(dir)
  assert.equal(idsOf(spool).length, recovered)
  assert.equal(spool.waiting.read(60)?.created, 5)
  assert.equal(new TextDecoder().decode(spool.waiting.read(60)?.bytes), JSON.stringify(largeText(59)))
  assert.equal(spool.deadLetters.list(0, 10)[0]?.message, 'no')
  assert.equal(commit(spool, ['d'], [spool.lane('xray')])?.id, 101)
  spool.close()
})

test('rebuildSpool() keeps dead letters under their ids, and writes those that were not written yet after them', () => {
  const dir = spoolFolder()
  const before = openTestSpool(dir)
  const dead = { lane: 1, time: 7, reason: 'rejected', message: '', document: new Uint8Array([34, 34]) } as const
  const deadLetters = ['a', 'b', 'c'].map((message) => ({ ...dead, message }))
  before.commit({ lanes: [], acknowledged: [], deadLetters }, 0)
  before.changeDeadLetters((store) => store.remove([1]))
  before.close()
  rebuildSpool(spoolPath(dir), { ...source, deadLetters: [{ ...dead, message: 'd' }] })
  const spool = openTestSpool(dir)
  assert.deepEqual(spool.deadLetters.list(0, 10).map(({ id, message }) => [id, message]), [[2, 'b'], [3, 'c'], [
    4,
    'd',
  ]])
  spool.close()
})

test('rebuildSpool() takes blocks from memory that cannot be read, and leaves out those that no lane needs', () => {
  const dir = writeSpool()
  const before = openTestSpool(dir)
  const held = [before.waiting.read(31)].filter((row) => row !== undefined)
  before.close()
  damagePagesWith(spoolPath(dir), 'document-30-')
  rebuildSpool(spoolPath(dir), { ...source, held, lanesOf: (id) => (id === 1 ? [] : [1]) })
  const spool = openTestSpool(dir)
  assert.ok(idsOf(spool).includes(31))
  assert.ok(!idsOf(spool).includes(1))
  spool.close()
})

test('rebuildSpool() keeps as much as the disk has room for, and says that there is more in the damaged file', () => {
  const dir = writeSpool(1500)
  // Opening, the lanes, and the first blocks.
  failSqlite('commit', DISK_FULL, { after: 3 })
  const { file, recovered, unreadable } = rebuildSpool(spoolPath(dir), source)
  repairSqlite()
  assert.deepEqual([recovered > 0 && recovered < 1500, unreadable], [true, undefined])
  assert.ok(existsSync(file))
  const spool = openTestSpool(dir)
  assert.equal(idsOf(spool).length, recovered)
  spool.close()
})

test('rebuildSpool() changes nothing if not even what is in memory can be written', () => {
  const dir = writeSpool()
  failSqlite('commit', DISK_FULL)
  assert.throws(() => rebuildSpool(spoolPath(dir), source), /disk is full/)
  repairSqlite()
  assert.deepEqual(readdirSync(dir).filter((name) => !/-(wal|shm)$/.test(name)), ['spool.sqlite'])
  const spool = openTestSpool(dir)
  assert.equal(idsOf(spool).length, 60)
  spool.close()
})

test('a Spool goes on with the file that was there if the process was killed before its rebuilt one was complete', () => {
  const dir = writeSpool(3)
  const path = spoolPath(dir)
  cpSync(path, rebuiltPath(path))
  const spool = openTestSpool(dir)
  assert.equal(idsOf(spool).length, 3)
  assert.ok(!existsSync(rebuiltPath(path)))
  spool.close()
})

test('a Spool goes on with the rebuilt file if the process was killed before that took its place, and not by an old log', () => {
  const [dir, other] = [writeSpool(3), spoolFolder()]
  const path = spoolPath(dir)
  renameSync(path, rebuiltPath(path))
  // The log of the damaged file, which was not moved yet.
  const open = openTestSpool(other)
  commit(open, documentNames(0, 5), [open.lane('other')])
  cpSync(`${spoolPath(other)}-wal`, `${path}-wal`)
  open.close()
  const spool = openTestSpool(dir)
  assert.equal(idsOf(spool).length, 3)
  assert.deepEqual(spool.lanes().map(({ name }) => name), ['xray'])
  spool.close()
  const files = readdirSync(dirname(path)).filter((name) => name !== basename(path))
  assert.ok(files.every((name) => name.includes('quarantine')), files.join())
})
