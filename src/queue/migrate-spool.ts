import type { DatabaseSync } from 'node:sqlite'

/** One step a version: what a spool of the version before needs to become one of this version. */
const steps = [
  `CREATE TABLE blocks (id INTEGER PRIMARY KEY, created INTEGER NOT NULL, documents INTEGER NOT NULL,
     bytes BLOB NOT NULL, ends BLOB NOT NULL, traces BLOB NOT NULL);
   CREATE TABLE dead_letters (id INTEGER PRIMARY KEY, time INTEGER NOT NULL, reason TEXT NOT NULL, document BLOB NOT NULL);
   CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL)`,
  `ALTER TABLE dead_letters ADD COLUMN message TEXT NOT NULL DEFAULT '';
   UPDATE dead_letters SET message = reason, reason = 'refused'`,
]

/**
 * Brings a spool to the version that this program writes.
 *
 * @throws {Error} if a newer program wrote it
 */
export function migrateSpool(db: DatabaseSync): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
  if (version > steps.length) throw new Error(`it is of version ${version}, this rontgen reads up to ${steps.length}`)
  if (version === steps.length) return
  db.exec('BEGIN IMMEDIATE')
  for (const step of steps.slice(version)) db.exec(step)
  db.exec(`PRAGMA user_version = ${steps.length}`)
  db.exec('COMMIT')
}
