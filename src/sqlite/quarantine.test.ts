import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { quarantine } from './quarantine.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-quarantine-'))
after(() => rmSync(folder, { recursive: true }))
const now = new Date('2026-02-25T10:11:12.345Z')

test('quarantine() moves a database with what is only in its write-ahead log', () => {
  const file = join(folder, 'log.sqlite')
  const writer = new DatabaseSync(file)
  writer.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE rows (value)')
  writer.exec("INSERT INTO rows VALUES ('in the log')")
  // Not closed, as after a SIGKILL: closing would empty the log.
  assert.ok(existsSync(`${file}-wal`))
  const target = quarantine(file, now)
  assert.equal(target, `${file}.quarantine-2026-02-25T101112345Z`)
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('log.sqlite') && !name.includes('quarantine')),
    [],
  )
  const moved = new DatabaseSync(target)
  assert.equal(moved.prepare('SELECT value FROM rows').get()?.['value'], 'in the log')
  moved.close()
  writer.close()
})

test('quarantine() never overwrites: a second database of the same moment has a name of its own', () => {
  const file = join(folder, 'twice.sqlite')
  const targets = [1, 2, 3].map((n) => {
    writeFileSync(file, `database ${n}`)
    return quarantine(file, now)
  })
  assert.deepEqual(targets, ['', '-2', '-3'].map((end) => `${file}.quarantine-2026-02-25T101112345Z${end}`))
  for (const target of targets) assert.ok(existsSync(target))
})

test('quarantine() moves the log of a database whose file is gone', () => {
  const file = join(folder, 'gone.sqlite')
  writeFileSync(`${file}-wal`, 'a log')
  const target = quarantine(file, now)
  assert.ok(existsSync(`${target}-wal`))
  assert.ok(!existsSync(`${file}-wal`))
})
