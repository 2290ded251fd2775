import { documentsOf } from '../component/batch.ts'
import type { DeadBatch } from './dead-letter-policy.ts'
import { compressDeadLetter, type DeadLetter } from './dead-letter-store.ts'
import type { AcknowledgedRows } from './spool.ts'

/** While a lane's dead letters of this size wait to be written, in bytes, it makes no more: a full disk must not fill memory. */
const MAX_DEAD_BYTES = 4 << 20

/** Dead letters of one lane that are not written yet. */
interface Unwritten {
  bytes: number
  /** As they will be on disk. */
  storedBytes: number
  /** The rows that they come from, which must stay until they are written. */
  readonly rows: Set<number>
}

/** What lanes no longer need, until a commit deletes it from the spool and writes the dead letters among it. */
export class Acknowledgements {
  readonly #rows = new Map<number, number[]>()
  readonly #unwritten = new Map<number, Unwritten>()
  #deadLetters: DeadLetter[] = []

  get isEmpty(): boolean {
    return this.#rows.size === 0 && this.#deadLetters.length === 0
  }

  /** True while so many dead letters of a lane wait to be written that there must not be more. */
  isFull(lane: number): boolean {
    return (this.#unwritten.get(lane)?.bytes ?? 0) >= MAX_DEAD_BYTES
  }

  /** Bytes on disk that a lane's dead letters will take which wait to be written. */
  storedBytes(lane: number): number {
    return this.#unwritten.get(lane)?.storedBytes ?? 0
  }

  /** The lanes that no longer need rows. */
  get lanes(): IterableIterator<number> {
    return this.#rows.keys()
  }

  /** Rows per lane. */
  get rows(): AcknowledgedRows[] {
    return [...this.#rows].map(([lane, rows]) => ({ lane, rows }))
  }

  /** Rows per lane, without those that dead letters come from which are not written yet. */
  get deliveredRows(): AcknowledgedRows[] {
    return this.rows.map(({ lane, rows }) => {
      const kept = this.#unwritten.get(lane)?.rows
      return { lane, rows: kept === undefined ? rows : rows.filter((row) => !kept.has(row)) }
    }).filter(({ rows }) => rows.length > 0)
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
   * @param dead documents of them that become dead letters; they are copied, and compressed
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
    const unwritten = this.#unwritten.get(lane) ?? { bytes: 0, storedBytes: 0, rows: new Set() }
    this.#unwritten.set(lane, unwritten)
    for (const { block } of batch.parts) unwritten.rows.add(block.id)
    for (const document of documentsOf(batch)) {
      const stored = compressDeadLetter(document)
      this.#deadLetters.push({ lane, time: now, reason, message, document: stored })
      unwritten.bytes += document.length
      unwritten.storedBytes += stored.length
    }
  }

  /** Forgets what was committed. */
  clear(): void {
    this.#rows.clear()
    this.#unwritten.clear()
    this.#deadLetters = []
  }

  /** Forgets {@link deliveredRows}, which were committed. */
  clearDelivered(): void {
    for (const { lane, rows } of this.rows) {
      const kept = this.#unwritten.get(lane)?.rows
      const left = rows.filter((row) => kept?.has(row))
      if (left.length > 0) this.#rows.set(lane, left)
      else this.#rows.delete(lane)
    }
  }
}
