import { errorMessage } from '../../errors/error-message.ts'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { databaseFault } from '../../sqlite/database-fault.ts'

const SCHEMA = 2

/** Moves a damaged store away, where a person finds it; gives its new name. */
export function setStoreAside(file: string): string {
  const aside = `${file}.broken-${new Date().toISOString().replace(/[:.]/g, '')}`
  for (const suffix of ['', '-wal', '-shm']) if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix)
  return aside
}

/**
 * Opens the database of the local store, and makes its tables.
 *
 * @param file `:memory:` keeps it in memory
 * @throws {Error} if it cannot be written, or a newer program wrote it
 */
export function openStore(file: string): DatabaseSync {
  try {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true, mode: 0o750 })
    const db = new DatabaseSync(file)
    db.exec(
      'PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384',
    )
    const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
    if (version > SCHEMA) throw new Error(`it is of version ${version}, this rontgen reads up to ${SCHEMA}`)
    if (version === 0) {
      db.exec(
        `BEGIN IMMEDIATE;
         CREATE TABLE traces (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, start REAL NOT NULL, duration REAL NOT NULL,
           response REAL NOT NULL, flags INTEGER NOT NULL, status INTEGER, method TEXT, url TEXT, name TEXT,
           settled INTEGER NOT NULL, facts BLOB NOT NULL);
         CREATE INDEX traces_by_start ON traces (start, key);
         CREATE TABLE parts (seq INTEGER PRIMARY KEY, trace INTEGER NOT NULL, documents BLOB NOT NULL);
         CREATE INDEX parts_by_trace ON parts (trace, seq);
         CREATE TABLE services (name TEXT, trace INTEGER, flags INTEGER NOT NULL, PRIMARY KEY (name, trace)) WITHOUT ROWID;
         CREATE TABLE annotations (key TEXT, value, trace INTEGER, PRIMARY KEY (key, value, trace)) WITHOUT ROWID;
         CREATE TABLE minutes (minute INTEGER PRIMARY KEY, graph BLOB NOT NULL);
         CREATE TABLE settings (kind TEXT, name TEXT, value TEXT NOT NULL, PRIMARY KEY (kind, name));
         COMMIT`,
      )
    }
    if (version < 2) {
      db.exec(
        `BEGIN IMMEDIATE;
         CREATE TABLE requests (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
         CREATE TABLE origins (trace TEXT, request INTEGER, PRIMARY KEY (trace, request)) WITHOUT ROWID;
         CREATE INDEX origins_by_request ON origins (request);
         -- With what filters compare, so that rows that do not match are not read.
         DROP INDEX traces_by_start;
         CREATE INDEX traces_by_start ON traces (start, key, duration, response, flags, status, url);
         PRAGMA user_version = ${SCHEMA};
         COMMIT`,
      )
    }
    return db
  } catch (cause) {
    const why = errorMessage(cause)
    throw new Error(`Cannot open the local store "${file}": ${why}`, { cause })
  }
}

/**
 * Opens the database; one that is damaged is set aside, and one that cannot be written is kept in memory: a store of
 * the past does not keep the agent from starting.
 *
 * @param failed is told of it
 */
export function openStoreAnyhow(file: string, failed: (error: unknown) => void): DatabaseSync {
  try {
    const db = openStore(file)
    // Walks the index, so that the worst damage shows here.
    db.prepare('SELECT count(*) FROM traces').get()
    return db
  } catch (error) {
    const fault = databaseFault(error)
    if (fault === 'damaged') {
      const aside = setStoreAside(file)
      failed(new Error(`It cannot be read and was moved to "${aside}"; a new one is in use`, { cause: error }))
      return openStore(file)
    }
    if (fault !== 'unwritable') throw error
    failed(new Error(`${errorMessage(error)}; traces are kept in memory until the agent ends`, { cause: error }))
    return openStore(':memory:')
  }
}
