import type { DatabaseSync } from 'node:sqlite'
import { attempt } from '../errors/attempt.ts'

/**
 * Runs a function in a write transaction: all of its writes are committed, or none.
 *
 * @param fn synchronous; must not start another transaction on `db`
 * @returns what `fn` returns, after the commit
 * @throws what `fn` throws, or an error of SQLite if the commit fails; the writes are rolled back
 */
export function transaction<T>(db: DatabaseSync, fn: () => T): T {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = fn()
    db.exec('COMMIT')
    return result
  } catch (error) {
    // SQLite has ended the transaction itself if the disk is full; ROLLBACK then fails, and must not hide why.
    attempt(() => db.exec('ROLLBACK'))
    throw error
  }
}
