/**
 * How a database failed, by what can be done about it:
 * - `damaged`: the file is no database, its contents are malformed, a table or column is missing, or a newer version
 *   wrote it; quarantine it
 * - `unwritable`: permissions, a read-only file system, or a missing folder; use another place
 * - `taken`: another process has locked it
 * - `full`: no space is left on the disk
 * - `other`: none of these
 */
export type DatabaseFault = 'damaged' | 'unwritable' | 'taken' | 'full' | 'other'

/** What SQLite says of a file, of its schema, and what zstd says; and what {@link openDatabase} says. */
const DAMAGE = new RegExp(
  [
    'malformed|not a database|corrupt|wrong type',
    'no such (table|column)|has no column named|table \\S+ already exists',
    'zstd|decompress|checksum|unknown frame',
    'is of version|is a directory',
  ].join('|'),
  'i',
)

/**
 * Classifies an error of SQLite, zstd or the file system. The message decides, since runtimes have different codes.
 *
 * @param error of an error with a cause, the innermost cause counts: messages around it may quote a path
 */
export function databaseFault(error: unknown): DatabaseFault {
  let root = error
  while (root instanceof Error && root.cause !== undefined) root = root.cause
  const text = root instanceof Error ? `${Reflect.get(root, 'code') ?? ''} ${root.message}` : String(root)
  if (DAMAGE.test(text)) return 'damaged'
  if (/locked|busy/i.test(text)) return 'taken'
  if (/is full|ENOSPC/i.test(text)) return 'full'
  if (/readonly|read-only|unable to open|EACCES|EPERM|EROFS|ENOTDIR|EEXIST|ENOENT|symbolic link/i.test(text)) {
    return 'unwritable'
  }
  return 'other'
}
