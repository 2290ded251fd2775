import { existsSync, renameSync } from 'node:fs'

/** The database itself, its write-ahead log, and the log's index. */
const SUFFIXES = ['', '-wal', '-shm']

/**
 * Moves a damaged database out of the way, with its write-ahead log, to `FILE.quarantine-TIME` in the same folder,
 * where a person can examine it. Close the database first.
 *
 * @param file the path of the database
 * @param now the time in the new name
 * @returns the new path; no other file has had it
 * @throws {Error} if the folder cannot be written
 */
export function quarantine(file: string, now = new Date()): string {
  const stem = `${file}.quarantine-${now.toISOString().replace(/[:.]/g, '')}`
  let target = stem
  for (let i = 2; SUFFIXES.some((suffix) => existsSync(target + suffix)); i++) target = `${stem}-${i}`
  for (const suffix of SUFFIXES) if (existsSync(file + suffix)) renameSync(file + suffix, target + suffix)
  return target
}
