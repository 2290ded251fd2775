import assert from 'node:assert/strict'
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { afterEach, test } from 'node:test'
import { DISK_FULL, failSqlite, repairSqlite } from '../../test/support/sqlite-faults.ts'
import { blockOf, documentNames, openTestSpool, spoolFolder } from '../../test/support/test-spool.ts'
import { rebuiltPath, spoolPath } from './spool-file.ts'

afterEach(repairSqlite)

const dead = { time: 7, reason: 'rejected', message: 'no', document: new Uint8Array([34, 100, 34]) } as const

/** A spool that is open, with a block, a dead letter of its second lane, and a write-ahead log. */
function openWritten(dir = spoolFolder()) {
  const spool = openTestSpool(dir)
  const [xray, audit] = [spool.lane('xray'), spool.lane('audit')]
  const block = blockOf(documentNames(0, 3))
  spool.commit({ block, lanes: [audit], acknowledged: [], deadLetters: [{ ...dead, lane: audit }] }, 0)
  return { dir, spool, xray, audit }
}

test('Spool.reset() keeps dead letters, those that were not written too, lanes and ids, and nothing else', () => {
  const { dir, spool, xray, audit } = openWritten()
  spool.reset([{ ...dead, lane: xray, message: 'unwritten' }])
  assert.equal(spool.waiting.total().documents, 0)
  assert.deepEqual(
    spool.deadLetters.list(0, 10).map(({ id, lane, message }) => [id, lane, message]),
    [[1, audit, 'no'], [2, xray, 'unwritten']],
  )
  const row = spool.commit({ block: blockOf(['d']), lanes: [xray], acknowledged: [], deadLetters: [] }, 0)
  assert.equal(row?.id, 2)
  assert.deepEqual(spool.lanes().map(({ name }) => name), ['xray', 'audit'])
  spool.close()
  assert.deepEqual(readdirSync(dir), ['spool.sqlite'])
})

test('Spool.reset() leaves the spool as it was if there is no room for the new one', () => {
  const { dir, spool, audit } = openWritten()
  failSqlite('commit', DISK_FULL)
  assert.throws(() => spool.reset([]), /disk is full/)
  repairSqlite()
  assert.equal(existsSync(rebuiltPath(spoolPath(dir))), false)
  assert.deepEqual([spool.waiting.contents(audit).documents, spool.deadLetters.count], [3, 1])
  spool.close()
})

test('whenever the process ends while a spool is replaced, the old one or the new one is there', () => {
  const { dir, spool, audit } = openWritten()
  const old = spoolFolder()
  cpSync(dir, old, { recursive: true })
  spool.reset([])
  spool.close()
  // As many of its files are removed, in this order.
  for (const removed of [0, 1, 2]) {
    const copy = spoolFolder()
    cpSync(old, copy, { recursive: true })
    cpSync(spoolPath(dir), rebuiltPath(spoolPath(copy)))
    for (const suffix of ['', '-wal'].slice(0, removed)) rmSync(spoolPath(copy) + suffix)
    const opened = openTestSpool(copy)
    assert.deepEqual([opened.waiting.contents(audit).documents, opened.deadLetters.count], [removed === 0 ? 3 : 0, 1])
    opened.close()
  }
})
