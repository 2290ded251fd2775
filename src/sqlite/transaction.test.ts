import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { databaseFault } from './database-fault.ts'
import { transaction } from './transaction.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-transaction-'))
after(() => rmSync(folder, { recursive: true }))

function open(name: string): DatabaseSync {
  const db = new DatabaseSync(join(folder, name))
  db.exec('PRAGMA journal_mode = WAL; CREATE TABLE rows (value)')
  return db
}

const countOf = (db: DatabaseSync): unknown => db.prepare('SELECT count(*) AS count FROM rows').get()?.['count']

test('transaction() commits what a function writes, and returns its result', () => {
  const db = open('commit.sqlite')
  const result = transaction(db, () => {
    db.exec('INSERT INTO rows VALUES (1); INSERT INTO rows VALUES (2)')
    return 'done'
  })
  assert.equal(result, 'done')
  const reader = new DatabaseSync(join(folder, 'commit.sqlite'))
  assert.equal(countOf(reader), 2)
  reader.close()
  db.close()
})

test('transaction() rolls back what a function wrote before it threw, and the next one works', () => {
  const db = open('rollback.sqlite')
  const error = new Error('no')
  assert.throws(() =>
    transaction(db, () => {
      db.exec('INSERT INTO rows VALUES (1)')
      throw error
    }), (thrown) => thrown === error)
  assert.equal(countOf(db), 0)
  transaction(db, () => db.exec('INSERT INTO rows VALUES (1)'))
  assert.equal(countOf(db), 1)
  db.close()
})

test('transaction() reports a full disk even where SQLite has ended the transaction itself', () => {
  const db = open('full.sqlite')
  db.exec('PRAGMA max_page_count = 10')
  assert.throws(
    () =>
      transaction(db, () => {
        db.exec('INSERT INTO rows VALUES (1)')
        db.exec('INSERT INTO rows VALUES (zeroblob(1000000))')
      }),
    (error) => databaseFault(error) === 'full',
  )
  // As SQLite does on a disk that is full in the middle of a write.
  assert.throws(() =>
    transaction(db, () => {
      db.exec('ROLLBACK')
      throw new Error('database or disk is full')
    }), /database or disk is full/)
  assert.equal(countOf(db), 0)
  db.close()
})
