import { CommandError, ExitCode } from '../errors/command-error.ts'
import type { StoredDeadLetter } from './dead-letter-store.ts'
import { documentBlock } from './document-block.ts'
import type { StoredLane } from './lane-numbers.ts'
import { type RemovedLane, RemovedLanes } from './removed-lanes.ts'
import type { Spool } from './spool.ts'
import type { RowSize } from './spool-row.ts'

/** A dead letter with the name of the exporter that could not deliver it. */
export type ExporterDeadLetter = StoredDeadLetter & { readonly exporter: string }

/** What an agent that has the spool open does about what people do with it. */
export interface AdminHooks {
  /** The names of the exporters that the config has. */
  readonly configured: () => readonly string[]
  /** Whether an exporter was removed and its requests have not ended. */
  readonly isEnding?: (exporter: string) => boolean
  /** Is called after rows were written for an exporter, with all rows of the transaction. */
  readonly written?: (exporter: string, rows: readonly RowSize[]) => void
  /** Runs what reads or writes the spool, and repairs it if it turns out to be damaged. */
  readonly run?: <T>(fn: () => T) => T
  /** Returns Unix milliseconds. */
  readonly now?: () => number
}

/** Blocks that are moved or dropped, and dead letters that are redriven, at once, so that nothing else waits for long. */
const BLOCKS = 500
const DEAD_LETTERS = 50

/** What people do with a spool, whether an agent has it open or not: dead letters, and what waits for removed exporters. */
export class QueueAdmin {
  readonly #removed: RemovedLanes
  readonly #hooks: Required<AdminHooks>

  constructor(private readonly spool: Spool, hooks: AdminHooks) {
    this.#hooks = { isEnding: () => false, written: () => {}, run: (fn) => fn(), now: Date.now, ...hooks }
    const { configured, isEnding, run } = this.#hooks
    this.#removed = new RemovedLanes(spool, (name) => !configured().includes(name) && !isEnding(name), run)
  }

  /** What is stored for exporters that the config does not have. */
  removedLanes(): RemovedLane[] {
    return this.#removed.list()
  }

  /** Counts again what waits for removed exporters: what is on disk has changed. */
  recountRemoved(): void {
    this.#removed.recount()
  }

  /** A lane was removed. If nothing is stored for it, it is forgotten. */
  laneEnded(id: number): void {
    this.#removed.laneEnded(id)
  }

  /** At most `limit` dead letters whose id is greater than `after`, oldest first. */
  deadLetters(after: number, limit: number): ExporterDeadLetter[] {
    return this.#hooks.run(() => this.spool.deadLetters.list(after, limit)).map((entry) => this.#withExporter(entry))
  }

  /** @returns the dead letter; undefined if it does not exist */
  deadLetter(id: number): ExporterDeadLetter | undefined {
    const found = this.#hooks.run(() => this.spool.deadLetters.get(id))
    return found === undefined ? undefined : this.#withExporter(found)
  }

  #withExporter(deadLetter: StoredDeadLetter): ExporterDeadLetter {
    const lane = this.spool.lanes().find(({ id }) => id === deadLetter.lane)
    return { ...deadLetter, exporter: lane?.name ?? '' }
  }

  /**
   * Puts dead letters back into the queue.
   *
   * @param to the exporter that gets them; else the one that could not deliver them
   * @returns how many of them there were
   * @throws {CommandError} if the config does not have that exporter; then none is put back
   */
  redrive(ids: readonly number[], to?: string): number {
    if (to !== undefined) this.#checkConfigured(to)
    const byExporter = new Map<string, number[]>()
    for (const id of new Set(ids)) {
      const found = this.deadLetter(id)
      if (found === undefined) continue
      const exporter = to ?? found.exporter
      this.#checkConfigured(exporter)
      byExporter.set(exporter, [...byExporter.get(exporter) ?? [], id])
    }
    let count = 0
    for (const [exporter, chosen] of byExporter) {
      for (let i = 0; i < chosen.length; i += DEAD_LETTERS) {
        count += this.#redrive(chosen.slice(i, i + DEAD_LETTERS), exporter)
      }
    }
    return count
  }

  #redrive(ids: readonly number[], exporter: string): number {
    const { run, written, now } = this.#hooks
    const row = run(() => this.spool.redrive(ids, this.spool.lane(exporter), documentBlock, now()))
    if (row === undefined) return 0
    written(exporter, [row])
    return row.documents
  }

  /** Deletes dead letters. @returns how many of them there were */
  dropDeadLetters(ids: readonly number[]): number {
    return this.#hooks.run(() => this.spool.changeDeadLetters((deadLetters) => deadLetters.remove(ids)))
  }

  /**
   * Deletes what is stored for a removed exporter, a part at a time.
   *
   * @returns documents and dead letters
   * @throws {CommandError} if the config has the exporter, or has it again before all is deleted
   */
  async dropRemoved(name: string): Promise<number> {
    const { run } = this.#hooks
    const documents = await inParts(() => {
      const { id } = this.#removedLane(name)
      const dropped = run(() => this.spool.dropWaiting(id, BLOCKS))
      this.#removed.taken(id, dropped.documents, dropped.bytes)
      return dropped.documents
    })
    const { id } = this.#removedLane(name)
    const deadLetters = run(() => this.spool.changeDeadLetters((store) => store.removeLane(id)))
    this.#removed.laneEnded(id)
    return documents + deadLetters
  }

  /**
   * Sends what is stored for a removed exporter to another one, a part at a time. What waits for the other one anyway is
   * sent to it once.
   *
   * @returns documents
   * @throws {CommandError} if the config has the exporter, or does not have the other one, or changes so before all is
   * moved; what was moved stays so
   */
  async moveRemoved(name: string, to: string): Promise<number> {
    const { run, written } = this.#hooks
    const documents = await inParts(() => {
      const { id } = this.#removedLane(name)
      this.#checkConfigured(to)
      const moved = run(() => this.spool.moveWaiting(id, this.spool.lane(to), BLOCKS))
      written(to, moved.rows)
      this.#removed.taken(id, moved.documents, moved.bytes)
      return moved.documents
    })
    const { id } = this.#removedLane(name)
    run(() => this.spool.changeDeadLetters((store) => store.moveLane(id, this.spool.lane(to))))
    this.#removed.laneEnded(id)
    return documents
  }

  #removedLane(name: string): StoredLane {
    if (this.#hooks.configured().includes(name)) {
      throw new CommandError(ExitCode.usage, `The exporter "${name}" is in the config; remove it there first`)
    }
    if (this.#hooks.isEnding(name)) {
      throw new CommandError(
        ExitCode.unavailable,
        `Requests to the exporter "${name}" have not ended; try again in a moment`,
      )
    }
    const lane = this.spool.lanes().find((stored) => stored.name === name)
    if (lane === undefined) throw new CommandError(ExitCode.data, `Nothing is kept for an exporter "${name}"`)
    return lane
  }

  #checkConfigured(name: string): void {
    const names = this.#hooks.configured()
    if (names.includes(name)) return
    throw new CommandError(
      ExitCode.usage,
      `The exporter "${name}" is not in the config; send to one of ${names.join(', ')} instead`,
    )
  }
}

/** Repeats a step that handles a part until nothing is left, and lets others run in between. @returns the sum */
async function inParts(step: () => number): Promise<number> {
  let sum = 0
  for (let count = step(); count > 0; count = step()) {
    sum += count
    await new Promise((resolve) => setTimeout(resolve))
  }
  return sum
}
