import { databaseFault } from '../sqlite/database-fault.ts'
import type { Events } from '../telemetry/events.ts'
import type { HeldBlocks } from './held-blocks.ts'
import type { Lane } from './lane.ts'
import { recover, type RecoveredRow } from './recover.ts'
import type { Spool, StoredLane } from './spool.ts'
import type { SpoolRow } from './spool-row.ts'

/** What a spool is rebuilt from, besides what can be read of it. */
export interface SpoolWitnesses {
  readonly blocks: HeldBlocks
  /** The lanes that have an exporter. */
  readonly lanes: () => readonly Lane[]
  /** Every lane that the spool had. */
  readonly storedLanes: () => readonly StoredLane[]
}

/** Rebuilds a spool that turns out to be damaged while the agent runs, so that the backlog goes on as if nothing happened. */
export class SpoolRepair {
  constructor(
    private readonly spool: Spool,
    private readonly witnesses: SpoolWitnesses,
    private readonly events: Events,
  ) {}

  /** Runs `fn`; if the file is damaged, rebuilds it and runs `fn` again. @throws what `fn` throws, save damage that was mended */
  run<T>(fn: () => T): T {
    try {
      return fn()
    } catch (error) {
      if (databaseFault(error) !== 'damaged') throw error
      this.rebuild(error)
      return fn()
    }
  }

  /** Starts a new file with what is in memory, and what can be read of the old one. */
  rebuild(cause: unknown): void {
    const { blocks, lanes } = this.witnesses
    const file = this.spool.quarantine(this.witnesses.storedLanes())
    const { rows, unreadable } = recover(file)
    const kept = this.#keptRows(blocks.rows, rows)
    this.spool.restore(kept)
    this.events.spoolQuarantined({ file, recovered: kept.length, unreadable }, cause)
    for (const lane of lanes()) lane.backlog.recount()
  }

  /** The rows that some lane still needs, each with its lanes. */
  #keptRows(held: readonly SpoolRow[], read: readonly RecoveredRow[]) {
    const lanes = this.witnesses.lanes()
    const active = new Set(lanes.map(({ id }) => id))
    const inactive = this.witnesses.storedLanes().map(({ id }) => id).filter((id) => !active.has(id))
    const waiting = (id: number): number[] =>
      lanes.filter(({ backlog }) => backlog.isWaiting(id)).map((lane) => lane.id)
    const readLanes = new Map(read.map(({ row, lanes: known }) => [row.id, known]))
    const isHeld = new Set(held.map(({ id }) => id))
    // Lanes without an exporter have nothing in memory: only the file knows what waits for them.
    const fromFile = (id: number): number[] => readLanes.get(id)?.filter((lane) => !active.has(lane)) ?? []
    const kept = held.map((row) => ({ row, lanes: [...waiting(row.id), ...fromFile(row.id)] }))
    for (const { row, lanes: known } of read) {
      if (isHeld.has(row.id)) continue
      kept.push({ row, lanes: [...waiting(row.id), ...(known === undefined ? inactive : fromFile(row.id))] })
    }
    return kept.filter((one) => one.lanes.length > 0)
  }
}
