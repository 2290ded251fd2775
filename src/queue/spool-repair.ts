import type { Clock } from '../async/clock.ts'
import { databaseFault } from '../sqlite/database-fault.ts'
import type { Events } from '../telemetry/events.ts'
import type { Acknowledgements } from './acknowledgements.ts'
import type { HeldBlocks } from './held-blocks.ts'
import type { Lane } from './lane.ts'
import { rebuildSpool } from './rebuild-spool.ts'
import type { Spool } from './spool.ts'

/** What a spool is rebuilt from, besides what can be read of it. */
export interface RepairParts {
  readonly spool: Spool
  readonly blocks: HeldBlocks
  /** What no lane needs any more and is not written yet; the rebuilt spool has it. */
  readonly acknowledgements: Acknowledgements
  /** The lanes whose rows are in memory: those that have an exporter, and those that end. */
  readonly lanes: () => readonly Lane[]
  readonly events: Events
  readonly clock: Clock
  /** Is called when the spool was rebuilt. */
  readonly onRebuilt: () => void
}

/** After a spool could not be rebuilt, it is not tried again for this long, in milliseconds. */
const RETRY_MS = 5000

/** Rebuilds a spool that turns out to be damaged while the agent runs, so that the backlog goes on as if nothing happened. */
export class SpoolRepair {
  /** When a rebuild last failed, in milliseconds by the monotonic clock. */
  #failed = -Infinity
  #isRebuilding = false

  constructor(private readonly parts: RepairParts) {}

  /**
   * Runs `fn`; if the file is damaged, rebuilds it and runs `fn` again.
   *
   * @throws what `fn` throws, unless it was damage that was repaired
   */
  run<T>(fn: () => T): T {
    try {
      return fn()
    } catch (error) {
      if (databaseFault(error) !== 'damaged') throw error
      this.rebuild(error)
      return fn()
    }
  }

  /**
   * Puts a new file in the place of the damaged one, with what is in memory and what can be read.
   *
   * @throws {Error} `cause`, or why it cannot be rebuilt
   */
  rebuild(cause: unknown): void {
    const { spool, clock } = this.parts
    const isTooSoon = clock.monotonic() - this.#failed < RETRY_MS
    if (this.#isRebuilding || isTooSoon || spool.isInMemory) throw cause
    this.#isRebuilding = true
    try {
      this.#rebuild(cause)
    } catch (error) {
      this.#failed = clock.monotonic()
      throw error
    } finally {
      this.#isRebuilding = false
    }
  }

  #rebuild(cause: unknown): void {
    const { spool, blocks, acknowledgements, lanes, events, onRebuilt } = this.parts
    const acknowledged = new Map(acknowledgements.rows.map(({ lane, rows }) => [lane, new Set(rows)]))
    const quarantined = spool.replaceFile((path, lastId) =>
      rebuildSpool(path, {
        lastId,
        held: blocks.list.map(({ row }) => row),
        deadLetters: acknowledgements.deadLetters,
        lanes: () => spool.lanes(),
        lanesOf: (id, read) => this.#lanesOf(id, read).filter((lane) => acknowledged.get(lane)?.has(id) !== true),
      })
    )
    acknowledgements.clear()
    events.spoolQuarantined(quarantined, cause)
    onRebuilt()
    for (const lane of lanes()) lane.backlog.recount()
  }

  /** The lanes that may need a block. Of those that have an exporter memory knows best; of the others only the file knows. */
  #lanesOf(id: number, read: readonly number[] | undefined): number[] {
    const { spool, blocks, lanes } = this.parts
    const known = read ?? blocks.find(id)?.lanes
    const mayNeed = (lane: number): boolean => known === undefined || known.includes(lane)
    const active = lanes()
    const needing = active.filter(({ id: lane, backlog }) =>
      backlog.isHeld(id) || (backlog.isUnloaded(id) && mayNeed(lane))
    )
    const inactive = spool.lanes().filter((stored) => active.every((lane) => lane.id !== stored.id))
    return [...needing, ...inactive.filter((lane) => mayNeed(lane.id))].map((lane) => lane.id)
  }
}
