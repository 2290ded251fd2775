import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { attempt } from '../errors/attempt.ts'
import { errorMessage } from '../errors/error-message.ts'
import { createPrivateFile } from '../files/create-private-file.ts'
import { databaseFault } from './database-fault.ts'
import { transaction } from './transaction.ts'

/** The file name of a database that is not on disk and ends with its connection. */
export const IN_MEMORY = ':memory:'

/** What a database holds and how it is opened. */
export interface DatabaseFormat {
  /** What messages call it, such as `the spool`. */
  readonly name: string
  /** The connection's pragmas by name (https://sqlite.org/pragma.html), in the order in which they are set. */
  readonly pragmas: Readonly<Record<string, string | number>>
  /** The SQL of each version: the step at index n turns a database of version n into one of version n + 1. */
  readonly steps: readonly string[]
  /** The SQL of a new file, of the newest version; if undefined, a new file takes all steps. */
  readonly schema?: string
  /** Locks the file from the start until it is closed, so that no other process can open it. */
  readonly isExclusive?: boolean
  /** What to do if another process has locked the file; ends the message. */
  readonly lockedHint?: string
}

/**
 * Opens a database and brings it to the newest version, in one transaction. Creates the file and its folder, for this
 * user alone, if they do not exist. The version is SQLite's `user_version`; a new file has version 0.
 *
 * @param file the path, or {@link IN_MEMORY}
 * @returns the open connection
 * @throws {Error} with the reason as its cause if the file cannot be written, is damaged, is locked, or was written by
 * a newer version; {@link databaseFault} says which, and the file is unchanged
 */
export function openDatabase(file: string, format: DatabaseFormat): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    if (file !== IN_MEMORY) prepareFile(file)
    db = new DatabaseSync(file)
    prepareConnection(db, format)
    migrate(db, format)
    return db
  } catch (cause) {
    attempt(() => db?.close())
    throw new Error(`Cannot open ${format.name} "${file}": ${reason(cause, format)}`, { cause })
  }
}

/** SQLite creates the files next to it with the same mode. */
function prepareFile(file: string): void {
  createPrivateFile(file, ['-wal', '-shm', '-journal'])
  // SQLite does not say so.
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) throw new Error('it is a directory')
}

function prepareConnection(db: DatabaseSync, { pragmas, isExclusive = false }: DatabaseFormat): void {
  // In exclusive mode from the start, so that WAL needs no shared memory.
  if (isExclusive) db.exec('PRAGMA locking_mode = EXCLUSIVE')
  db.exec(Object.entries(pragmas).map(([name, value]) => `PRAGMA ${name} = ${value}`).join(';'))
  // The first write takes the lock.
  if (isExclusive) db.exec('BEGIN IMMEDIATE; COMMIT')
}

function migrate(db: DatabaseSync, { steps, schema }: DatabaseFormat): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
  if (version > steps.length) throw new Error(`it is of version ${version}, this rontgen reads up to ${steps.length}`)
  if (version === steps.length) return
  transaction(db, () => {
    if (version === 0 && schema !== undefined) db.exec(schema)
    else for (const step of steps.slice(version)) db.exec(step)
    db.exec(`PRAGMA user_version = ${steps.length}`)
  })
}

function reason(cause: unknown, { lockedHint }: DatabaseFormat): string {
  if (databaseFault(cause) !== 'taken') return errorMessage(cause)
  return ['another rontgen has it open (it is locked)', lockedHint].filter((part) => part !== undefined).join('; ')
}
