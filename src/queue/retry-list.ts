import type { Batch } from '../component/batch.ts'
import type { Row } from './backlog.ts'

/** A batch that failed and is sent again. */
export interface Retry {
  readonly batch: Batch<Row>
  /** How often it failed. */
  readonly failures: number
  /** When it may be sent, in milliseconds by the monotonic clock. */
  readonly due: number
}

/** Batches that are sent again, each in its own time. */
export class RetryList {
  /** Documents that wait here. */
  documents = 0
  readonly #list: Retry[] = []

  get length(): number {
    return this.#list.length
  }

  get batches(): Batch<Row>[] {
    return this.#list.map(({ batch }) => batch)
  }

  add(batch: Batch<Row>, failures: number, due: number): void {
    if (batch.count === 0) return
    this.documents += batch.count
    this.#list.push({ batch, failures, due })
  }

  /** When the next one may be sent; undefined if there is none. */
  get nextDue(): number | undefined {
    return this.#list.length === 0 ? undefined : Math.min(...this.#list.map(({ due }) => due))
  }

  /** Takes out all of them. */
  drain(): Retry[] {
    this.documents = 0
    return this.#list.splice(0)
  }

  /** Takes out the one that has been due for longest. @param now milliseconds by the monotonic clock */
  take(now: number): Retry | undefined {
    let best = -1
    this.#list.forEach(({ due }, i) => {
      if (due <= now && (best < 0 || due < (this.#list[best]?.due ?? 0))) best = i
    })
    if (best < 0) return undefined
    const [retry] = this.#list.splice(best, 1)
    if (retry !== undefined) this.documents -= retry.batch.count
    return retry
  }
}
