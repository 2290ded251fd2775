import { documentsOf } from '../component/batch.ts'
import type { DeadBatch } from './dead-letter-policy.ts'
import type { DeadLetter } from './dead-letter-store.ts'
import type { AcknowledgedRows } from './spool.ts'

/** While dead letters of this size wait to be written, in bytes, no lane goes on: a full disk must not fill memory. */
const MAX_DEAD_BYTES = 4 << 20

/** What lanes no longer need, until a commit deletes it from the spool and writes the dead letters among it. */
export class Acknowledgements {
  readonly #rows = new Map<number, number[]>()
  #deadLetters: DeadLetter[] = []
  #deadBytes = 0

  get isEmpty(): boolean {
    return this.#rows.size === 0 && this.#deadLetters.length === 0
  }

  /** True while so many dead letters wait to be written that there must not be more. */
  get isFull(): boolean {
    return this.#deadBytes >= MAX_DEAD_BYTES
  }

  /** The lanes that no longer need rows. */
  get lanes(): IterableIterator<number> {
    return this.#rows.keys()
  }

  /** Rows per lane. */
  get rows(): AcknowledgedRows[] {
    return [...this.#rows].map(([lane, rows]) => ({ lane, rows }))
  }

  get deadLetters(): readonly DeadLetter[] {
    return this.#deadLetters
  }

  /** Rows that a lane no longer needs. */
  rowsOf(lane: number): readonly number[] {
    return this.#rows.get(lane) ?? []
  }

  /**
   * Takes rows that a lane no longer needs.
   *
   * @param dead documents of them that become dead letters; they are copied
   * @param now Unix milliseconds
   */
  add(lane: number, rows: readonly number[], dead: DeadBatch | undefined, now: number): void {
    if (rows.length > 0) {
      const known = this.#rows.get(lane)
      if (known === undefined) this.#rows.set(lane, [...rows])
      else for (const row of rows) known.push(row)
    }
    if (dead === undefined) return
    const { batch, reason, message } = dead
    for (const document of documentsOf(batch)) {
      this.#deadLetters.push({ lane, time: now, reason, message, document: document.slice() })
      this.#deadBytes += document.length
    }
  }

  /** Forgets what was committed. */
  clear(): void {
    this.#rows.clear()
    this.#deadLetters = []
    this.#deadBytes = 0
  }
}
