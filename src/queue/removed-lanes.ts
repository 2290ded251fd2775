import type { DeadLetterTotals } from './dead-letter-store.ts'
import type { Spool } from './spool.ts'

/** What is stored for an exporter that the config does not have. */
export interface RemovedLane {
  readonly name: string
  readonly documents: number
  /** Bytes on disk. */
  readonly bytes: number
  /** When the oldest was written, in Unix milliseconds; undefined if no document waits. */
  readonly oldest: number | undefined
  readonly deadLetters: DeadLetterTotals
}

type Waiting = Pick<RemovedLane, 'documents' | 'bytes' | 'oldest'>

/** The lanes of exporters that were removed. To count what waits walks through it, so it is counted once. */
export class RemovedLanes {
  readonly #waiting = new Map<number, Waiting>()

  /**
   * @param isRemoved whether no exporter of this name is configured, or ends
   * @param run runs what reads or writes the spool, and repairs it if it turns out to be damaged
   */
  constructor(
    private readonly spool: Spool,
    private readonly isRemoved: (name: string) => boolean,
    private readonly run: <T>(fn: () => T) => T,
  ) {}

  /** Those for which anything is stored. @throws {Error} if the spool cannot be read */
  list(): RemovedLane[] {
    return this.spool.lanes().filter(({ name }) => this.isRemoved(name)).map(({ id, name }) => ({
      name,
      ...this.#waitingFor(id),
      deadLetters: this.run(() => this.spool.deadLetters.totals(id)),
    })).filter(({ documents, deadLetters }) => documents > 0 || deadLetters.count > 0)
  }

  #waitingFor(id: number): Waiting {
    let found = this.#waiting.get(id)
    if (found === undefined) {
      const { documents, bytes } = this.run(() => this.spool.waiting.contents(id))
      this.#waiting.set(id, found = { documents, bytes, oldest: this.#oldest(id) })
    }
    return found
  }

  #oldest(id: number): number | undefined {
    return this.run(() => this.spool.waiting.oldest(id))
  }

  /** Documents were taken off a lane. @param bytes on disk */
  taken(id: number, documents: number, bytes: number): void {
    const known = this.#waiting.get(id)
    if (known === undefined) return
    this.#waiting.set(id, {
      documents: known.documents - documents,
      bytes: known.bytes - bytes,
      oldest: this.#oldest(id),
    })
  }

  /** Counts again what waits for all of them. */
  recount(): void {
    this.#waiting.clear()
  }

  /** A lane was removed, or emptied: if nothing is stored for it, it is forgotten. */
  laneEnded(id: number): void {
    this.#waiting.delete(id)
    this.run(() => this.spool.forgetLane(id))
  }
}
