import { lstatSync, mkdirSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Events } from '../telemetry/events.ts'
import { IN_MEMORY, setAside, Spool, type SpoolSettings } from './spool.ts'
import { databaseFault } from '../sqlite/database-fault.ts'
import { recover } from './recover.ts'

/** A spool that was opened, and where it is. */
export interface OpenedSpool {
  readonly spool: Spool
  readonly dir: string
}

/**
 * Opens the spool. One that is damaged is set aside; where none can be written, one in the folder for temporary files
 * is used, and if need be one in memory: the agent starts in any case.
 *
 * @throws {Error} if another process has it
 */
export function openSpool(settings: SpoolSettings, events: Events): OpenedSpool {
  const { dir } = settings
  try {
    return { spool: new Spool(settings), dir }
  } catch (error) {
    const fault = databaseFault(error instanceof Error ? error.cause ?? error : error)
    if (fault === 'taken') throw error
    if (fault === 'damaged') return { spool: replace(settings, error, events), dir }
    return openElsewhere(settings, error, events)
  }
}

function replace(settings: SpoolSettings, error: unknown, events: Events): Spool {
  const file = setAside(settings.dir)
  const { rows, unreadable } = recover(file)
  const spool = new Spool(settings)
  for (const row of rows) spool.commit(row, [], [], row.created)
  events.spoolSetAside({ file, saved: rows.length, unreadable }, error)
  return spool
}

function openElsewhere(settings: SpoolSettings, error: unknown, events: Events): OpenedSpool {
  for (const dir of [join(tmpdir(), `rontgen-${userInfo().uid}`), IN_MEMORY]) {
    try {
      if (dir !== IN_MEMORY && !isOwn(dir)) continue
      const spool = new Spool({ ...settings, dir })
      events.spoolElsewhere(dir, error)
      return { spool, dir }
    } catch (other) {
      if (dir === IN_MEMORY) throw other
    }
  }
  throw error
}

/** Makes the folder. Others can make folders for temporary files too, and would read what is written to theirs. */
function isOwn(dir: string): boolean {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const found = lstatSync(dir)
  return found.isDirectory() && found.uid === Math.max(0, userInfo().uid)
}
