import { documentsOf } from '../component/batch.ts'
import type { DeadBatch } from './dead-letter-policy.ts'
import type { DeadLetter } from './dead-letter-store.ts'
import type { LaneRows } from './spool.ts'

/** What lanes no longer need, until the spool is told with the next commit. */
export class Settlement {
  readonly #rows = new Map<number, number[]>()
  #dead: DeadLetter[] = []

  get isEmpty(): boolean {
    return this.#rows.size === 0 && this.#dead.length === 0
  }

  get hasDeadLetters(): boolean {
    return this.#dead.length > 0
  }

  /** Rows per lane that are done. */
  get settled(): LaneRows[] {
    return [...this.#rows].map(([lane, rows]) => ({ lane, rows }))
  }

  get dead(): readonly DeadLetter[] {
    return this.#dead
  }

  /** Takes rows that a lane is done with, and documents that it could not deliver. @param now Unix milliseconds */
  add(lane: number, rows: readonly number[], dead: DeadBatch | undefined, now: number): void {
    if (rows.length > 0) {
      const known = this.#rows.get(lane)
      if (known === undefined) this.#rows.set(lane, [...rows])
      else for (const row of rows) known.push(row)
    }
    if (dead === undefined) return
    const { batch, reason, message } = dead
    for (const document of documentsOf(batch)) {
      this.#dead.push({ lane, time: now, reason, message, document: document.slice() })
    }
  }

  /** Forgets what was committed. */
  clear(): void {
    this.#rows.clear()
    this.#dead = []
  }
}
