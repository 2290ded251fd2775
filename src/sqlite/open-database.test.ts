import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { databaseFault } from './database-fault.ts'
import { type DatabaseFormat, IN_MEMORY, openDatabase } from './open-database.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-open-'))
after(() => rmSync(folder, { recursive: true }))
const steps = ['CREATE TABLE rows (value)', "ALTER TABLE rows ADD COLUMN kind TEXT NOT NULL DEFAULT 'old'"]
const format: DatabaseFormat = { name: 'the test', pragmas: { page_size: 8192, journal_mode: 'WAL' }, steps }

const pragma = (db: DatabaseSync, name: string): unknown => db.prepare(`PRAGMA ${name}`).get()?.[name]

function errorOf(fn: () => void): Error {
  try {
    fn()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('It did not throw an error')
}

test('openDatabase() creates the folder and the file, of the newest version, with the pragmas', () => {
  const file = join(folder, 'a/b/new.sqlite')
  const db = openDatabase(file, format)
  assert.deepEqual(['user_version', 'page_size', 'journal_mode'].map((name) => pragma(db, name)), [2, 8192, 'wal'])
  assert.equal(statSync(join(folder, 'a/b')).mode & 0o777, 0o700)
  for (const name of [file, `${file}-wal`]) assert.equal(statSync(name).mode & 0o777, 0o600)
  db.close()
})

test('openDatabase() opens a database in memory', () => {
  const db = openDatabase(IN_MEMORY, format)
  db.exec("INSERT INTO rows VALUES (1, 'new')")
  db.close()
})

test('openDatabase() brings an older version to the newest, and keeps its rows', () => {
  const file = join(folder, 'older.sqlite')
  const older = openDatabase(file, { ...format, steps: steps.slice(0, 1) })
  older.exec('INSERT INTO rows VALUES (1)')
  older.close()
  const db = openDatabase(file, format)
  assert.deepEqual({ ...db.prepare('SELECT * FROM rows').get() }, { value: 1, kind: 'old' })
  assert.equal(pragma(db, 'user_version'), 2)
  db.close()
})

test('openDatabase() creates a new file by its schema, where the format has one, and takes no step', () => {
  const schema = "CREATE TABLE rows (kind TEXT NOT NULL DEFAULT 'new', value)"
  const file = join(folder, 'schema.sqlite')
  for (let i = 1; i <= 2; i++) {
    const db = openDatabase(file, { ...format, schema })
    db.exec('INSERT INTO rows (value) VALUES (1)')
    assert.deepEqual(db.prepare('SELECT kind FROM rows').all().map(({ kind }) => kind), Array(i).fill('new'))
    assert.equal(pragma(db, 'user_version'), 2)
    db.close()
  }
})

test('openDatabase() leaves a database as it was if a step fails', () => {
  const file = join(folder, 'failed.sqlite')
  openDatabase(file, { ...format, steps: steps.slice(0, 1) }).close()
  assert.throws(
    () => openDatabase(file, { ...format, steps: [...steps, 'CREATE TABLE'] }),
    /^Error: Cannot open the test ".*failed.sqlite": .*(syntax|incomplete)/,
  )
  const db = openDatabase(file, format)
  assert.equal(pragma(db, 'user_version'), 2)
  db.close()
})

test('openDatabase() refuses what a newer version wrote, and counts it as damaged', () => {
  const file = join(folder, 'newer.sqlite')
  openDatabase(file, { ...format, steps: [...steps, 'CREATE TABLE newer (value)'] }).close()
  const before = readFileSync(file)
  const error = errorOf(() => openDatabase(file, format))
  assert.equal(error.message, `Cannot open the test "${file}": it is of version 3, this rontgen reads up to 2`)
  assert.equal(databaseFault(error), 'damaged')
  assert.deepEqual(readFileSync(file), before)
})

test('openDatabase() refuses a file that another connection holds exclusively, and says what to do', () => {
  const file = join(folder, 'exclusive.sqlite')
  const exclusive = { ...format, isExclusive: true, lockedHint: 'use another file' }
  const first = openDatabase(file, exclusive)
  const error = errorOf(() => openDatabase(file, exclusive))
  assert.match(error.message, /: another rontgen has it open \(it is locked\); use another file$/)
  assert.equal(databaseFault(error), 'taken')
  first.close()
  openDatabase(file, exclusive).close()
})

test('openDatabase() reports a file that is no database, and a place that cannot be written', () => {
  const file = join(folder, 'text')
  writeFileSync(file, 'no database at all '.repeat(1000))
  assert.equal(databaseFault(errorOf(() => openDatabase(file, format))), 'damaged')
  assert.equal(databaseFault(errorOf(() => openDatabase(join(file, 'x.sqlite'), format))), 'unwritable')
})

test('openDatabase() says that a directory in the place of the file is damage', () => {
  const file = join(folder, 'directory.sqlite')
  mkdirSync(file)
  const error = errorOf(() => openDatabase(file, format))
  assert.match(error.message, /^Cannot open the test ".*directory\.sqlite": it is a directory$/)
  assert.equal(databaseFault(error), 'damaged')
})
