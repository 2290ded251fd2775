import { existsSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { attempt } from '../errors/attempt.ts'
import { errorMessage } from '../errors/error-message.ts'
import { IN_MEMORY, openDatabase } from '../sqlite/open-database.ts'
import { quarantine } from '../sqlite/quarantine.ts'
import { DeadLetterStore } from './dead-letter-store.ts'
import { shareOfDisk } from './disk-reserve.ts'
import { LOG_BYTES, spoolFormat } from './spool-format.ts'
import type { SpoolRow, StoredBlock } from './spool-row.ts'
import { WaitingBlocks } from './waiting-blocks.ts'

/** A spool's database, with the statements that are run often. */
export interface SpoolFile {
  readonly db: DatabaseSync
  readonly insert: StatementSync
  readonly wait: StatementSync
  readonly acknowledge: StatementSync
  readonly remove: StatementSync
  readonly waiting: WaitingBlocks
  readonly deadLetters: DeadLetterStore
}

/** The spool's path in a folder. */
export function spoolPath(dir: string): string {
  return dir === IN_MEMORY ? IN_MEMORY : join(dir, 'spool.sqlite')
}

/** True if a folder has a spool. */
export function hasSpool(dir: string): boolean {
  const path = spoolPath(dir)
  return existsSync(path) || existsSync(rebuiltPath(path))
}

/** Where a spool is rebuilt, next to the damaged one. */
export function rebuiltPath(path: string): string {
  return `${path}.rebuilt`
}

/**
 * Opens a spool's database, which is created if it does not exist.
 *
 * @param sync `full` survives a loss of power, `normal` the end of the process at any instant
 * @throws {Error} if it cannot be written, is damaged, or another process has it open
 */
export function openSpoolFile(path: string, sync: 'normal' | 'full'): SpoolFile {
  if (path !== IN_MEMORY) finishRebuild(path)
  const db = openDatabase(path, spoolFormat(sync, 'WAL', shareOfDisk(dirname(path), LOG_BYTES)))
  try {
    return prepareStatements(db)
  } catch (cause) {
    attempt(() => db.close())
    throw new Error(`Cannot open the spool "${path}": ${errorMessage(cause)}`, { cause })
  }
}

/**
 * Ends what a process that was killed began: a rebuilt spool is complete once the damaged one was moved away, and takes
 * its place; before, it is deleted.
 */
function finishRebuild(path: string): void {
  const rebuilt = rebuiltPath(path)
  if (!existsSync(rebuilt)) return
  if (existsSync(path)) return rmSync(rebuilt)
  // The log of the damaged one must not be taken for that of the rebuilt one.
  if (existsSync(`${path}-wal`)) quarantine(path)
  renameSync(rebuilt, path)
}

/** Writes a block that waits for lanes. */
export function insertBlock(
  { insert, wait }: SpoolFile,
  { id, created, ends }: Pick<SpoolRow, 'id' | 'created' | 'ends'>,
  stored: StoredBlock,
  lanes: readonly number[],
): void {
  const [only = null] = lanes.length === 1 ? lanes : []
  insert.run(id, only, created, ends.length, stored.bytes, stored.ends, stored.traces)
  if (only === null) { for (const lane of lanes) wait.run(id, lane) }
}

/** Prepares the statements of a database that has the format of a spool. */
export function prepareStatements(db: DatabaseSync): SpoolFile {
  return {
    db,
    insert: db.prepare(
      'INSERT INTO blocks (id, lane, created, documents, bytes, ends, traces) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    wait: db.prepare('INSERT OR IGNORE INTO waiting (block, lane) VALUES (?, ?)'),
    acknowledge: db.prepare('DELETE FROM waiting WHERE block BETWEEN ? AND ? AND lane = ?'),
    remove: db.prepare(
      `DELETE FROM blocks WHERE id BETWEEN ? AND ?
         AND (lane = ? OR (lane IS NULL AND NOT EXISTS (SELECT 1 FROM waiting WHERE block = id)))`,
    ),
    waiting: new WaitingBlocks(db),
    deadLetters: new DeadLetterStore(db),
  }
}
