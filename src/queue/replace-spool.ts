import { renameSync, rmSync } from 'node:fs'
import { attempt } from '../errors/attempt.ts'
import { openDatabase } from '../sqlite/open-database.ts'
import { transaction } from '../sqlite/transaction.ts'
import type { DeadLetter, StoredDeadLetter } from './dead-letter-store.ts'
import { type StoredLane, writeLanes } from './lane-numbers.ts'
import { prepareStatements, rebuiltPath } from './spool-file.ts'
import { spoolFormat } from './spool-format.ts'

/** What goes on in the new file. */
export interface KeptInSpool {
  /** The last id that was used for a block. */
  readonly lastId: number
  readonly lanes: readonly StoredLane[]
  /** The dead letters of the old file. */
  readonly stored: readonly StoredDeadLetter[]
  /** Dead letters that were not written yet. */
  readonly unwritten: readonly DeadLetter[]
}

/**
 * Puts a new spool in the place of one that must not be open and of which no block is needed. The old one goes once the
 * new one is complete, so at whatever instant the process ends, one of them is there.
 *
 * @throws {Error} if the new one cannot be written; then the old one is where it was
 */
export function replaceSpool(path: string, kept: KeptInSpool): void {
  const rebuilt = rebuiltPath(path)
  rmSync(rebuilt, { force: true })
  if (kept.stored.length + kept.unwritten.length > 0) {
    try {
      write(rebuilt, kept)
    } catch (error) {
      attempt(() => rmSync(rebuilt, { force: true }))
      throw error
    }
  }
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
  if (kept.stored.length + kept.unwritten.length > 0) renameSync(rebuilt, path)
}

function write(path: string, { lastId, lanes, stored, unwritten }: KeptInSpool): void {
  const db = openDatabase(path, spoolFormat('full', 'MEMORY'))
  try {
    const { deadLetters } = prepareStatements(db)
    transaction(db, () => {
      writeLanes(db, lanes, lastId)
      deadLetters.restore(stored)
      deadLetters.add(unwritten)
    })
  } finally {
    db.close()
  }
}
