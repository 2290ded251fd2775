import { databaseFault } from '../sqlite/database-fault.ts'
import type { DiskReserve } from './disk-reserve.ts'
import type { Spool } from './spool.ts'

/**
 * Runs what writes the spool. If the disk is full, makes room by emptying the log, and runs it again.
 *
 * @throws what `fn` throws, unless there was room the second time
 */
export function withRoom<T>(spool: Spool, reserve: DiskReserve, fn: () => T): T {
  try {
    return fn()
  } catch (error) {
    if (databaseFault(error) !== 'full' || !spool.emptyLog(reserve)) throw error
    return fn()
  }
}
