import { CommandError, ExitCode } from '../errors/command-error.ts'
import type { DeadLetterTotals, StoredDeadLetter } from './dead-letter-store.ts'
import { documentBlock } from './document-block.ts'
import type { Spool, StoredLane } from './spool.ts'
import type { SpoolRow } from './spool-row.ts'

/** What is kept for an exporter that the config does not have. */
export interface RemovedLane {
  readonly name: string
  readonly documents: number
  /** Bytes on disk. */
  readonly bytes: number
  /** When the oldest was written, in Unix milliseconds; undefined if no document waits. */
  readonly oldest: number | undefined
  readonly deadLetters: DeadLetterTotals
}

/** A dead letter with the name of the exporter that could not deliver it. */
export type ExporterDeadLetter = StoredDeadLetter & { readonly exporter: string }

/** Blocks that are moved or dropped at once, so that nothing else waits for long. */
const CHUNK = 50

/** What people do with a spool, whether an agent has it open or not: dead letters, and what waits for removed exporters. */
export class QueueAdmin {
  #removed: readonly RemovedLane[] | undefined

  /**
   * @param configured returns the names of the exporters that the config has
   * @param onRow is called for each row that was written for an exporter
   */
  constructor(
    private readonly spool: Spool,
    private readonly configured: () => readonly string[],
    private readonly onRow: (exporter: string, row: SpoolRow) => void = () => {},
  ) {}

  /** At most `limit` dead letters whose id is greater than `after`, oldest first. */
  deadLetters(after: number, limit: number): ExporterDeadLetter[] {
    const names = new Map(this.spool.lanes().map(({ id, name }) => [id, name]))
    return this.spool.deadLetters.list(after, limit).map((letter) => ({
      ...letter,
      exporter: names.get(letter.lane) ?? '',
    }))
  }

  deadLetter(id: number): ExporterDeadLetter | undefined {
    const letter = this.spool.deadLetters.get(id)
    if (letter === undefined) return undefined
    const lane = this.spool.lanes().find((stored) => stored.id === letter.lane)
    return { ...letter, exporter: lane?.name ?? '' }
  }

  /**
   * Puts dead letters back into the queue.
   *
   * @param to the exporter that gets them; else the one that could not deliver them
   * @returns how many of them there were
   * @throws {CommandError} if the config does not have that exporter
   */
  redrive(ids: readonly number[], to?: string): number {
    if (to !== undefined) this.#checkConfigured(to)
    const names = new Map(this.spool.lanes().map(({ id, name }) => [id, name]))
    const byExporter = new Map<string, number[]>()
    for (const id of ids) {
      const letter = this.spool.deadLetters.get(id)
      if (letter === undefined) continue
      const exporter = to ?? names.get(letter.lane) ?? ''
      this.#checkConfigured(exporter)
      byExporter.set(exporter, [...byExporter.get(exporter) ?? [], id])
    }
    let count = 0
    for (const [exporter, own] of byExporter) {
      const row = this.spool.redrive(own, this.spool.lane(exporter), documentBlock, Date.now())
      if (row === undefined) continue
      count += row.ends.length
      this.onRow(exporter, row)
    }
    this.lanesChanged()
    return count
  }

  /** Deletes dead letters. @returns how many of them there were */
  dropDeadLetters(ids: readonly number[]): number {
    const count = this.spool.changeDeadLetters((letters) => letters.remove(ids))
    this.lanesChanged()
    return count
  }

  /** What is kept for exporters that the config does not have. */
  removedLanes(): readonly RemovedLane[] {
    return this.#removed ??= this.#findRemoved()
  }

  /** Looks again for removed exporters when they are next asked for. */
  lanesChanged(): void {
    this.#removed = undefined
  }

  /** Forgets a lane that was removed if nothing is kept for it. */
  forgetIfEmpty({ id }: StoredLane): void {
    if (this.spool.deadLetterTotals(id).count === 0) this.spool.forgetLane(id)
    this.lanesChanged()
  }

  /** Deletes what is kept for a removed exporter. @returns documents and dead letters */
  async dropRemoved(name: string): Promise<number> {
    const lane = this.#removedLane(name)
    let count = await inChunks(() => this.spool.dropWaiting(lane.id, CHUNK))
    count += this.spool.changeDeadLetters((letters) => letters.removeLane(lane.id))
    this.forgetIfEmpty(lane)
    return count
  }

  /** Sends what is kept for a removed exporter to another one. @returns documents */
  async moveRemoved(name: string, to: string): Promise<number> {
    const lane = this.#removedLane(name)
    this.#checkConfigured(to)
    const target = this.spool.lane(to)
    const count = await inChunks(() => {
      const rows = this.spool.moveWaiting(lane.id, target, CHUNK)
      for (const row of rows) this.onRow(to, row)
      return rows.reduce((sum, { ends }) => sum + ends.length, 0)
    })
    this.spool.changeDeadLetters((letters) => letters.moveLane(lane.id, target))
    this.forgetIfEmpty(lane)
    return count
  }

  #findRemoved(): RemovedLane[] {
    const configured = new Set(this.configured())
    const lanes = this.spool.lanes().filter(({ name }) => !configured.has(name))
    return lanes.map(({ id, name }) => {
      const { documents, bytes } = this.spool.contents(id)
      return { name, documents, bytes, oldest: this.spool.oldest(id), deadLetters: this.spool.deadLetterTotals(id) }
    }).filter(({ documents, deadLetters }) => documents > 0 || deadLetters.count > 0)
  }

  #removedLane(name: string): StoredLane {
    if (this.configured().includes(name)) {
      throw new CommandError(ExitCode.usage, `The exporter "${name}" is in the config; remove it there first`)
    }
    const lane = this.spool.lanes().find((stored) => stored.name === name)
    if (lane === undefined) throw new CommandError(ExitCode.data, `Nothing is kept for an exporter "${name}"`)
    return lane
  }

  #checkConfigured(name: string): void {
    const names = this.configured()
    if (names.includes(name)) return
    throw new CommandError(
      ExitCode.usage,
      `The exporter "${name}" is not in the config; send to one of ${names.join(', ')} instead`,
    )
  }
}

/** Repeats a step that handles a chunk until one has nothing left, and lets others run in between. @returns the sum */
async function inChunks(step: () => number): Promise<number> {
  let sum = 0
  for (let count = step(); count > 0; count = step()) {
    sum += count
    await new Promise((resolve) => setTimeout(resolve))
  }
  return sum
}
