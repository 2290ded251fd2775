import assert from 'node:assert/strict'
import { cpSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { damagePagesWith, overwrite, placesOf } from '../../test/support/damage.ts'
import { blockOf, documentNames, openTestSpool, spoolFolder } from '../../test/support/test-spool.ts'
import { DamagedSpool } from './damaged-spool.ts'
import type { Spool } from './spool.ts'
import { spoolPath } from './spool-file.ts'

/** A document that lies on disk as it is, and fills most of a page. */
const largeText = (i: number): string => `document-${i}-${'x'.repeat(3900)}`

const write = (spool: Spool, texts: readonly string[], lanes: readonly number[]): void =>
  void spool.commit({ block: blockOf(texts), lanes, acknowledged: [], deadLetters: [] }, 0)

/** A spool of blocks of one document each, which is closed. @returns its file */
function writeSpool(blocks: number): string {
  const dir = spoolFolder()
  const spool = openTestSpool(dir)
  const [xray, audit] = [spool.lane('xray'), spool.lane('audit')]
  for (let i = 0; i < blocks; i++) write(spool, [largeText(i)], i % 2 === 0 ? [xray] : [xray, audit])
  const dead = { lane: audit, time: 7, reason: 'rejected', message: 'no', document: new Uint8Array([34, 34]) } as const
  spool.commit({ lanes: [], acknowledged: [], deadLetters: [dead] }, 0)
  spool.close()
  return spoolPath(dir)
}

/** What can be read of a file. */
function readAll(file: string) {
  const damaged = new DamagedSpool(file)
  const blocks = [...damaged.blocks()]
  const result = {
    ids: blocks.map(({ row }) => row.id),
    lanesOf: new Map(blocks.map(({ row, lanes }) => [row.id, lanes])),
    lanes: damaged.lanes().map(({ name }) => name),
    deadLetters: [...damaged.deadLetters()],
    unreadable: damaged.unreadable,
  }
  damaged.close()
  return result
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1)

test('DamagedSpool reads blocks, their lanes, the lanes by name, and dead letters', () => {
  const { ids, lanesOf, lanes, deadLetters, unreadable } = readAll(writeSpool(20))
  assert.deepEqual(ids, upTo(20))
  assert.deepEqual([lanesOf.get(1)?.length, lanesOf.get(2)?.length], [1, 2])
  assert.deepEqual(lanes, ['xray', 'audit'])
  assert.deepEqual(deadLetters.map(({ message, time }) => [message, time]), [['no', 7]])
  assert.equal(unreadable, 0)
})

test('DamagedSpool reads what is in the write-ahead log alone, as after a SIGKILL', () => {
  const dir = spoolFolder()
  const spool = openTestSpool(dir)
  write(spool, documentNames(0, 10), [spool.lane('xray')])
  const copy = spoolFolder()
  cpSync(dir, copy, { recursive: true })
  spool.close()
  assert.deepEqual(readAll(spoolPath(copy)).ids, [1])
})

test('DamagedSpool reads all blocks but those of a page that is garbage, and counts these', () => {
  const file = writeSpool(60)
  damagePagesWith(file, 'document-30-')
  const { ids, unreadable } = readAll(file)
  assert.ok(!ids.includes(31))
  assert.ok(ids.includes(1) && ids.includes(60))
  assert.ok(ids.length >= 45 && ids.length < 60, `${ids.length} blocks`)
  assert.equal(ids.length + (unreadable ?? 0), 60)
})

test('DamagedSpool does not read a block of which a document is not UTF-8', () => {
  const file = writeSpool(20)
  for (const place of placesOf(file, 'document-7-')) overwrite(file, place, new Uint8Array([0xff]))
  const { ids, unreadable } = readAll(file)
  assert.deepEqual(ids, upTo(20).filter((id) => id !== 8))
  assert.equal(unreadable, 1)
})

test('DamagedSpool does not read a block whose documents do not end where it says', () => {
  const file = writeSpool(3)
  const db = new DatabaseSync(file)
  const { bytes, traces } = blockOf(documentNames(0, 2))
  db.prepare('UPDATE blocks SET bytes = ?, ends = ?, traces = ? WHERE id = 2')
    .run(bytes, new Uint8Array(Uint32Array.of(3, bytes.length).buffer), new Uint8Array(traces.buffer))
  db.close()
  const { ids, unreadable } = readAll(file)
  assert.deepEqual([ids, unreadable], [[1, 3], 1])
})

test('DamagedSpool says that it does not know the lanes of a block if they are not there', () => {
  const file = writeSpool(3)
  const db = new DatabaseSync(file)
  db.exec('DELETE FROM waiting WHERE block = 2; DROP TABLE lanes')
  db.close()
  const { lanesOf, lanes } = readAll(file)
  assert.deepEqual([lanesOf.get(1)?.length, lanesOf.get(2)], [1, undefined])
  assert.deepEqual(lanes, [])
})

test('DamagedSpool reads dead letters that lack a column, as those of older versions do', () => {
  const file = writeSpool(1)
  const db = new DatabaseSync(file)
  db.exec('ALTER TABLE dead_letters DROP COLUMN lane; ALTER TABLE dead_letters DROP COLUMN message')
  db.close()
  const { deadLetters } = readAll(file)
  assert.deepEqual(deadLetters.map(({ lane, reason, message }) => [lane, reason, message]), [[NaN, 'rejected', '']])
})

test('DamagedSpool of a file that is no database, or does not exist, is empty', () => {
  const file = writeSpool(1)
  writeFileSync(file, 'no database at all '.repeat(1000))
  for (const path of [file, `${file}.missing`]) {
    const { ids, lanes, deadLetters, unreadable } = readAll(path)
    assert.deepEqual([ids, lanes, deadLetters, unreadable], [[], [], [], undefined])
  }
})
