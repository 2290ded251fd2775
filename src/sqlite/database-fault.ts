/** What is wrong with a database, by what is to be done. */
export type DatabaseFault = 'damaged' | 'unwritable' | 'taken' | 'full' | 'other'

/** Sorts an error of SQLite or of the file system. Runtimes agree on its words only, not on its codes. */
export function databaseFault(error: unknown): DatabaseFault {
  const text = error instanceof Error ? `${Reflect.get(error, 'code') ?? ''} ${error.message}` : String(error)
  if (
    /malformed|not a database|corrupt|wrong type|is of version|zstd|decompress|ZSTD|checksum|unknown frame/i.test(text)
  ) return 'damaged'
  if (/locked|busy/i.test(text)) return 'taken'
  if (/is full|ENOSPC/i.test(text)) return 'full'
  if (/readonly|read-only|unable to open|EACCES|EPERM|EROFS|ENOTDIR|EEXIST|ENOENT/i.test(text)) return 'unwritable'
  return 'other'
}
