import { DatabaseSync } from 'node:sqlite'

/** What SQLite says when a transaction cannot be written. */
export const DISK_FULL = 'database or disk is full'
/** What SQLite says when it finds damage. */
export const DAMAGED = 'database disk image is malformed'

type Fault = 'commit' | 'begin' | 'open'

interface SetFault {
  readonly message: string
  readonly unless: () => boolean
  times: number
  after: number
}

const faults = new Map<Fault, SetFault>()
const exec = DatabaseSync.prototype.exec
DatabaseSync.prototype.exec = function (sql: string): void {
  if (sql.startsWith('PRAGMA locking_mode')) failIfSet('open')
  if (sql === 'BEGIN IMMEDIATE') failIfSet('begin')
  const commit = faults.get('commit')
  if (sql === 'COMMIT' && commit?.after === 0 && !commit.unless()) {
    // As on a full disk: SQLite ends the transaction itself.
    exec.call(this, 'ROLLBACK')
  }
  if (sql === 'COMMIT') failIfSet('commit')
  return exec.call(this, sql)
}

function failIfSet(fault: Fault): void {
  const found = faults.get(fault)
  if (found === undefined || found.after-- > 0 || found.unless()) return
  if (--found.times === 0) faults.delete(fault)
  throw new Error(found.message)
}

/**
 * Makes SQLite fail from now on.
 *
 * @param fault where: `open` fails when a spool is opened
 * @param options `times`: how often; `after`: how often it works before; `unless`: when it works
 */
export function failSqlite(
  fault: Fault,
  message: string,
  { times = Infinity, after = 0, unless = () => false }: Partial<Omit<SetFault, 'message'>> = {},
): void {
  faults.set(fault, { message, times, after, unless })
}

/** Makes SQLite work again. */
export function repairSqlite(): void {
  faults.clear()
}
