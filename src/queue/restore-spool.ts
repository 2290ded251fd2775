import { existsSync, renameSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { attempt } from '../errors/attempt.ts'
import { createPrivateFile } from '../files/create-private-file.ts'
import { databaseFault } from '../sqlite/database-fault.ts'
import { quarantine } from '../sqlite/quarantine.ts'
import { rebuiltPath } from './spool-file.ts'

/**
 * Writes a spool whose file has lost its name where it was. At whatever instant the process ends, all of it is there, or
 * what had taken its place.
 *
 * @param db the spool, which can be read as long as it is open
 * @param close closes it
 * @returns where the file was moved that had taken the place; undefined if none had
 * @throws {Error} if it cannot be written, or another process uses what has taken the place; then nothing has changed
 */
export function restoreSpool(db: DatabaseSync, path: string, close: () => void): string | undefined {
  const rebuilt = rebuiltPath(path)
  if (existsSync(path)) refuseUsed(path)
  rmSync(rebuilt, { force: true })
  try {
    createPrivateFile(rebuilt)
    db.prepare('VACUUM INTO ?').run(rebuilt)
  } catch (error) {
    attempt(() => rmSync(rebuilt, { force: true }))
    throw error
  }
  // Before the old one is closed, which deletes any log of this name.
  const isTaken = ['', '-wal', '-shm'].some((suffix) => existsSync(path + suffix))
  const quarantined = isTaken ? quarantine(path) : undefined
  close()
  renameSync(rebuilt, path)
  return quarantined
}

/** @throws {Error} if another process has the file open: it has acknowledged what is in it */
function refuseUsed(path: string): void {
  const other = new DatabaseSync(path, { readOnly: true })
  try {
    other.prepare('SELECT count(*) FROM sqlite_master').get()
  } catch (error) {
    if (databaseFault(error) === 'taken') throw error
  } finally {
    attempt(() => other.close())
  }
}
