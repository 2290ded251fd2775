import { lstatSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { createPrivateFolder } from '../files/create-private-file.ts'
import { databaseFault } from '../sqlite/database-fault.ts'
import { IN_MEMORY } from '../sqlite/open-database.ts'
import type { Events } from '../telemetry/events.ts'
import { checkLog } from './check-log.ts'
import type { StoredLane } from './lane-numbers.ts'
import { type RebuildSource, rebuildSpool } from './rebuild-spool.ts'
import { Spool, type SpoolSettings } from './spool.ts'
import { spoolPath } from './spool-file.ts'

/** A spool that was opened, and its folder. */
export interface OpenedSpool {
  readonly spool: Spool
  readonly dir: string
}

/**
 * Opens the spool. One that is damaged is rebuilt; where none can be written, one in the folder for temporary files is
 * used, or else one in memory: the agent starts in any case.
 *
 * @param exporters the names of the configured exporters: what can be read of a damaged spool waits for them, where it
 * does not say for whom
 * @throws {Error} if another process has it open
 */
export function openSpool(settings: SpoolSettings, exporters: readonly string[], events: Events): OpenedSpool {
  try {
    return { spool: openOrRebuild(settings, exporters, events), dir: settings.dir }
  } catch (error) {
    if (databaseFault(error) === 'taken') throw error
    return openElsewhere(settings, exporters, error, events)
  }
}

function openOrRebuild(settings: SpoolSettings, exporters: readonly string[], events: Events): Spool {
  const damage = settings.dir === IN_MEMORY ? undefined : checkLog(spoolPath(settings.dir))
  try {
    const spool = new Spool(settings)
    if (damage !== undefined) events.spoolLogDamaged(damage)
    return spool
  } catch (error) {
    if (databaseFault(error) !== 'damaged' || settings.dir === IN_MEMORY) throw error
    const quarantined = rebuildSpool(spoolPath(settings.dir), new ReadableSource(exporters))
    events.spoolQuarantined(quarantined, error)
    return new Spool(settings)
  }
}

/** Where its lanes cannot be read, numbers of lanes that a damaged spool has elsewhere must mean nothing. */
const UNUSED_NUMBER = 1_000_000

/** A spool is rebuilt from the damaged one alone. */
class ReadableSource implements RebuildSource {
  readonly lastId = 0
  readonly held = []
  readonly deadLetters = []
  #lanes: readonly StoredLane[] = []

  constructor(private readonly exporters: readonly string[]) {}

  readonly lanes = (read: readonly StoredLane[]): readonly StoredLane[] => {
    const first = read.length === 0 ? UNUSED_NUMBER : 1 + Math.max(...read.map(({ id }) => id))
    const missing = this.exporters.filter((name) => read.every((lane) => lane.name !== name))
    return this.#lanes = [...read, ...missing.map((name, i) => ({ id: first + i, name }))]
  }

  readonly lanesOf = (_id: number, read: readonly number[] | undefined): readonly number[] => {
    const known = read?.filter((lane) => this.#lanes.some(({ id }) => id === lane)) ?? []
    if (known.length > 0) return known
    return this.#lanes.filter(({ name }) => this.exporters.includes(name)).map(({ id }) => id)
  }
}

function openElsewhere(
  settings: SpoolSettings,
  exporters: readonly string[],
  error: unknown,
  events: Events,
): OpenedSpool {
  for (const dir of [join(tmpdir(), `rontgen-${userInfo().uid}`), IN_MEMORY]) {
    try {
      if (dir !== IN_MEMORY && !isPrivate(dir)) continue
      const spool = openOrRebuild({ ...settings, dir }, exporters, events)
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
  createPrivateFolder(dir)
  const found = lstatSync(dir)
  return found.isDirectory() && found.uid === Math.max(0, userInfo().uid)
}
