import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const SCHEMA = 1

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
         PRAGMA user_version = ${SCHEMA};
         COMMIT`,
      )
    }
    return db
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`Cannot open the local store "${file}": ${why}`, { cause })
  }
}
