import assert from 'node:assert/strict'
import { cpSync, existsSync, rmSync, statSync, truncateSync } from 'node:fs'
import { test } from 'node:test'
import { overwrite } from '../../test/support/damage.ts'
import { TestLog } from '../../test/support/test-queue.ts'
import { blockOf, documentNames, openTestSpool, spoolFolder } from '../../test/support/test-spool.ts'
import { checkLog } from './check-log.ts'
import { openSpool } from './open-spool.ts'
import { spoolPath } from './spool-file.ts'

/** What a killed agent leaves of a spool with `commits` blocks. */
function killedSpool(commits = 20): string {
  const dir = spoolFolder()
  const spool = openTestSpool(dir)
  const lane = spool.lane('xray')
  for (let i = 0; i < commits; i++) {
    const block = blockOf(documentNames(i * 100, 100))
    spool.commit({ block, lanes: [lane], acknowledged: [], deadLetters: [] }, 1)
  }
  assert.equal(spool.lost(), undefined)
  const copy = spoolFolder()
  cpSync(dir, copy, { recursive: true })
  spool.close()
  assert.equal(existsSync(`${spoolPath(dir)}.open`), false)
  return copy
}

test('checkLog() finds nothing wrong with what a killed agent leaves, or one that ended in order', () => {
  const dir = killedSpool()
  assert.ok(statSync(`${spoolPath(dir)}-wal`).size > 100_000)
  assert.equal(checkLog(spoolPath(dir)), undefined)
  openTestSpool(dir).close()
  assert.equal(checkLog(spoolPath(dir)), undefined)
  // With frames of older logs after the end.
  assert.equal(checkLog(spoolPath(killedSpool(600))), undefined)
})

test('openSpool() reports a log that was damaged, truncated or deleted after the agent was killed', () => {
  const cases: [string, (log: string) => void, RegExp][] = [
    ['garbage', (log) => overwrite(log, 90_000, new Uint8Array(4096).fill(0x55)), /damaged at byte \d+ of \d+/],
    ['a header of garbage', (log) => overwrite(log, 0, new Uint8Array(32).fill(0x55)), /damaged at byte 0 of \d+/],
    ['truncated', (log) => truncateSync(log, 100_000), /truncated from at least \d+ bytes to 100000/],
    ['deleted', (log) => rmSync(log), /of at least \d+ bytes, is gone/],
  ]
  for (const [name, damage, expected] of cases) {
    const dir = killedSpool()
    damage(`${spoolPath(dir)}-wal`)
    const log = new TestLog()
    openSpool({ dir, sync: 'normal' }, ['xray'], log.events).spool.close()
    assert.match(log.text, /^ERROR The spool is damaged: its write-ahead log,? .*is lost$/, name)
    assert.match(log.text, expected, name)
    const again = new TestLog()
    openSpool({ dir, sync: 'normal' }, ['xray'], again.events).spool.close()
    assert.deepEqual(again.lines, [], name)
  }
})
