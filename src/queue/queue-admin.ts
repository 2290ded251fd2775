import { CommandError, ExitCode } from '../errors/command-error.ts'
import type { StoredDeadLetter } from './dead-letter-store.ts'
import { documentBlock } from './document-block.ts'
import type { StoredLane } from './lane-numbers.ts'
import { type RemovedLane, RemovedLanes } from './removed-lanes.ts'
import type { Spool } from './spool.ts'
import type { RowSize } from './spool-row.ts'

/** A dead letter with the name of the exporter that could not deliver it. */
export type ExporterDeadLetter = StoredDeadLetter & { readonly exporter: string }

/** The dead letters that a command applies to: ids, or all. */
export type DeadLetterChoice = readonly number[] | 'all'

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

/** Blocks that are moved or dropped, and dead letters that are redriven or deleted, at once, so that nothing else waits for long. */
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
    return { ...deadLetter, exporter: this.#nameOf(deadLetter.lane) }
  }

  #nameOf(lane: number): string {
    return this.spool.lanes().find(({ id }) => id === lane)?.name ?? ''
  }

  /**
   * Puts dead letters back into the queue, a part at a time.
   *
   * @param choice their ids, or all that there are now
   * @param to the exporter that gets them; else the one that could not deliver them
   * @returns how many of them there were
   * @throws {CommandError} if the config does not have that exporter; then none is put back. If a reload removes it
   * meanwhile, what was put back stays so
   */
  async redrive(choice: DeadLetterChoice, to?: string): Promise<number> {
    for (const exporter of to === undefined ? this.#ownersOf(choice) : [to]) this.#checkConfigured(exporter)
    return await this.#inParts(choice, (ids) => {
      const byExporter = Map.groupBy(ids, (id) => to ?? this.#ownerOf(id))
      let count = 0
      for (const [exporter, chosen] of byExporter) {
        if (exporter === undefined) continue
        this.#checkConfigured(exporter)
        count += this.#redrive(chosen, exporter)
      }
      return count
    })
  }

  /** The exporters that could not deliver these dead letters. */
  #ownersOf(choice: DeadLetterChoice): Set<string> {
    if (choice !== 'all') return new Set(choice.map((id) => this.#ownerOf(id)).filter((name) => name !== undefined))
    const { deadLetters } = this.spool
    return new Set(this.spool.lanes().filter(({ id }) => deadLetters.totals(id).count > 0).map(({ name }) => name))
  }

  /** The exporter that could not deliver a dead letter; undefined if it does not exist. */
  #ownerOf(id: number): string | undefined {
    const lane = this.#hooks.run(() => this.spool.deadLetters.laneOf(id))
    return lane === undefined ? undefined : this.#nameOf(lane)
  }

  /** Calls `change` with the ids of some of the dead letters at a time, and lets others run in between. @returns the sum */
  async #inParts(choice: DeadLetterChoice, change: (ids: readonly number[]) => number): Promise<number> {
    const { run } = this.#hooks
    // Those that are put back may be rejected again meanwhile.
    const last = run(() => this.spool.deadLetters.lastId)
    const chosen = choice === 'all' ? undefined : [...new Set(choice)]
    let after = 0
    let count = 0
    await inParts(() => {
      const ids = chosen?.splice(0, DEAD_LETTERS) ??
        run(() => this.spool.deadLetters.ids(after, DEAD_LETTERS)).filter((id) => id <= last)
      after = ids[ids.length - 1] ?? after
      count += ids.length === 0 ? 0 : change(ids)
      return ids.length
    })
    return count
  }

  #redrive(ids: readonly number[], exporter: string): number {
    const { run, written, now } = this.#hooks
    const row = run(() => this.spool.redrive(ids, this.spool.lane(exporter), documentBlock, now()))
    if (row === undefined) return 0
    written(exporter, [row])
    return row.documents
  }

  /** Deletes dead letters, a part at a time. @param choice their ids, or all that there are now @returns how many there were */
  async dropDeadLetters(choice: DeadLetterChoice): Promise<number> {
    const { run } = this.#hooks
    return await this.#inParts(
      choice,
      (ids) => run(() => this.spool.changeDeadLetters((deadLetters) => deadLetters.remove(ids))),
    )
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
