import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { compress, decompress } from './compress.ts'
import { databaseFault } from './database-fault.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-fault-'))
after(() => rmSync(folder, { recursive: true }))

function faultOf(fn: () => void): string {
  try {
    fn()
    return 'none'
  } catch (error) {
    return databaseFault(error)
  }
}

function open(file: string): DatabaseSync {
  const db = new DatabaseSync(join(folder, file))
  db.exec('CREATE TABLE IF NOT EXISTS rows (value)')
  return db
}

test('databaseFault() says that a file is damaged if it is no database, or compressed bytes were changed', () => {
  writeFileSync(join(folder, 'text.sqlite'), 'no database at all '.repeat(1000))
  assert.equal(faultOf(() => open('text.sqlite')), 'damaged')
  const bytes = compress(new TextEncoder().encode('[1]'.repeat(1000)), 0)
  assert.equal(faultOf(() => decompress(bytes.with(12, (bytes[12] ?? 0) ^ 1))), 'damaged')
})

test('databaseFault() says that a file is damaged if its schema lacks a table or a column', () => {
  const db = open('schema.sqlite')
  assert.equal(faultOf(() => db.prepare('SELECT value FROM others')), 'damaged')
  assert.equal(faultOf(() => db.prepare('SELECT other FROM rows')), 'damaged')
  assert.equal(faultOf(() => db.prepare('INSERT INTO rows (other) VALUES (1)')), 'damaged')
  db.close()
})

test('databaseFault() says that a database is taken while another connection writes', () => {
  const first = open('locked.sqlite')
  const second = open('locked.sqlite')
  first.exec('BEGIN IMMEDIATE')
  assert.equal(faultOf(() => second.exec('BEGIN IMMEDIATE')), 'taken')
  first.close()
  second.close()
})

test('databaseFault() says that the disk is full', () => {
  const db = open('full.sqlite')
  db.exec('PRAGMA max_page_count = 10')
  assert.equal(faultOf(() => db.exec('INSERT INTO rows VALUES (zeroblob(1000000))')), 'full')
  db.close()
  assert.equal(databaseFault(Object.assign(new Error('write'), { code: 'ENOSPC' })), 'full')
})

test('databaseFault() says that a place cannot be written', () => {
  const db = new DatabaseSync(join(folder, 'full.sqlite'), { readOnly: true })
  assert.equal(faultOf(() => db.exec('INSERT INTO rows VALUES (1)')), 'unwritable')
  db.close()
  assert.equal(faultOf(() => open('no folder/x.sqlite')), 'unwritable')
  assert.equal(faultOf(() => mkdirSync(join(folder, 'text.sqlite/x'), { recursive: true })), 'unwritable')
})

test('databaseFault() goes by the innermost cause, not by a path in the message around it', () => {
  const cause = new Error('database disk image is malformed')
  assert.equal(databaseFault(new Error('Cannot open "/busy/x.sqlite"', { cause })), 'damaged')
  assert.equal(databaseFault(new Error('Cannot read "/corrupt/x"', { cause: new Error('interrupted') })), 'other')
  assert.equal(databaseFault('x'), 'other')
})
