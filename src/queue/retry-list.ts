import type { Batch } from '../component/batch.ts'
import type { Row } from './backlog.ts'

/** A batch that failed and is sent again. */
export interface Retry {
  readonly batch: Batch<Row>
  /** How often it failed. */
  readonly failures: number
  /** When it may be sent, in milliseconds by the monotonic clock. */
  readonly due: number
  /** How often the backend had accepted documents when it first rejected those of this batch; undefined if it did not. */
  readonly acceptedBefore?: number | undefined
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

  add(retry: Retry): void {
    if (retry.batch.count === 0) return
    this.documents += retry.batch.count
    this.#list.push(retry)
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

  /**
   * Takes out the one that has been due for longest, or of those that are due the one that failed least often, and of
   * these the smallest.
   *
   * @param now milliseconds by the monotonic clock
   */
  take(now: number, isSmallestFirst = false): Retry | undefined {
    const isBefore = (a: Retry, b: Retry): boolean =>
      isSmallestFirst && a.failures === b.failures
        ? a.batch.count < b.batch.count
        : isSmallestFirst
        ? a.failures < b.failures
        : a.due < b.due
    let best: Retry | undefined
    for (const retry of this.#list) {
      if (retry.due <= now && (best === undefined || isBefore(retry, best))) best = retry
    }
    if (best === undefined) return undefined
    this.#list.splice(this.#list.indexOf(best), 1)
    this.documents -= best.batch.count
    return best
  }
}
