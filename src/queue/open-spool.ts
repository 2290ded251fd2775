import { lstatSync, mkdirSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { databaseFault } from '../sqlite/database-fault.ts'
import { IN_MEMORY } from '../sqlite/open-database.ts'
import { quarantine } from '../sqlite/quarantine.ts'
import type { Events } from '../telemetry/events.ts'
import { recover } from './recover.ts'
import { Spool, spoolFile, type SpoolSettings } from './spool.ts'

/** A spool that was opened, and its folder. */
export interface OpenedSpool {
  readonly spool: Spool
  readonly dir: string
}

/**
 * Opens the spool. One that is damaged is quarantined; where none can be written, one in the folder for temporary files
 * is used, or else one in memory: the agent starts in any case.
 *
 * @param exporters the names of the configured exporters: what can be read of a damaged spool waits for them, where it
 * does not say for whom
 * @throws {Error} if another process has it open
 */
export function openSpool(settings: SpoolSettings, exporters: readonly string[], events: Events): OpenedSpool {
  const { dir } = settings
  try {
    return { spool: new Spool(settings), dir }
  } catch (error) {
    const fault = databaseFault(error)
    if (fault === 'taken') throw error
    if (fault === 'damaged') return { spool: replaceSpool(settings, exporters, error, events), dir }
    return openElsewhere(settings, error, events)
  }
}

function replaceSpool(settings: SpoolSettings, exporters: readonly string[], error: unknown, events: Events): Spool {
  const file = quarantine(spoolFile(settings.dir))
  const { rows, lanes, unreadable } = recover(file)
  const spool = new Spool(settings)
  // Lanes have other numbers in the new file.
  const laneOf = new Map(lanes.map(({ id, name }) => [id, spool.lane(name)]))
  const everybody = exporters.map((name) => spool.lane(name))
  spool.restore(rows.map(({ row, lanes: waiting }) => {
    const known = waiting?.map((lane) => laneOf.get(lane)).filter((lane) => lane !== undefined) ?? []
    return { row, lanes: known.length === 0 ? everybody : known }
  }))
  events.spoolQuarantined({ file, recovered: rows.length, unreadable }, error)
  return spool
}

function openElsewhere(settings: SpoolSettings, error: unknown, events: Events): OpenedSpool {
  for (const dir of [join(tmpdir(), `rontgen-${userInfo().uid}`), IN_MEMORY]) {
    try {
      if (dir !== IN_MEMORY && !isPrivate(dir)) continue
      const spool = new Spool({ ...settings, dir })
      events.spoolElsewhere(dir, error)
      return { spool, dir }
    } catch (other) {
      if (dir === IN_MEMORY) throw other
    }
  }
  throw error
}

/** Creates the folder. Others can create folders for temporary files too, and would read what is written to theirs. */
function isPrivate(dir: string): boolean {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const found = lstatSync(dir)
  return found.isDirectory() && found.uid === Math.max(0, userInfo().uid)
}
