import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DISK_FULL, failSqlite, repairSqlite } from '../../test/support/sqlite-faults.ts'
import { blockOf, openTestSpool, spoolFolder } from '../../test/support/test-spool.ts'
import type { Spool } from './spool.ts'

const commit = (spool: Spool, lane: number): void =>
  void spool.commit({ block: blockOf(['d']), lanes: [lane], acknowledged: [], deadLetters: [] }, 0)

test('a lane has the same number after a restart, and no number is used twice', () => {
  const dir = spoolFolder()
  const first = openTestSpool(dir)
  const [xray, audit] = [first.lane('xray'), first.lane('audit')]
  assert.equal(first.lane('audit'), audit)
  commit(first, audit)
  first.close()
  const second = openTestSpool(dir)
  assert.deepEqual([second.lane('audit'), second.lane('xray')], [audit, xray])
  second.forgetLane(xray)
  assert.ok(![xray, audit].includes(second.lane('xray')))
  second.close()
})

test('a lane is written with the first transaction that succeeds', () => {
  const dir = spoolFolder()
  const first = openTestSpool(dir)
  failSqlite('commit', DISK_FULL)
  const audit = first.lane('audit')
  assert.throws(() => commit(first, audit), /disk is full/)
  repairSqlite()
  commit(first, audit)
  first.close()
  const second = openTestSpool(dir)
  assert.deepEqual([second.lane('audit'), second.waiting.contents(audit).documents], [audit, 1])
  second.close()
})
