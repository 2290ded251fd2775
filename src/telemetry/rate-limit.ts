import type { Clock } from '../async/clock.ts'

/**
 * Writes what happened.
 *
 * @param count the sum of the counts since it was last written
 * @param when empty if it happened just now; else the time it was held back, as ` in the last second`
 */
export type WriteCount = (count: number, when: string) => void

/**
 * Lets one call per interval through. The first one goes at once; those within the interval after it are summed, and
 * written at its end.
 */
export class RateLimit {
  #held: { readonly count: number; readonly write: WriteCount } | undefined
  #cancel: (() => void) | undefined
  #since = 0

  /** @param intervalMs milliseconds */
  constructor(private readonly clock: Clock, private readonly intervalMs: number = 1000) {}

  /** @param write is called now, or at the end of the interval unless a later call replaces it */
  run(count: number, write: WriteCount): void {
    if (this.#cancel !== undefined) {
      this.#held = { count: count + (this.#held?.count ?? 0), write }
      return
    }
    write(count, '')
    this.#wait()
  }

  /** Writes what is held back without waiting for the end of the interval. */
  flush(): void {
    if (this.#held === undefined) return
    const { count, write } = this.#held
    this.#held = undefined
    this.#cancel?.()
    write(count, ` in the last ${formatInterval(this.clock.monotonic() - this.#since)}`)
    this.#wait()
  }

  #wait(): void {
    this.#since = this.clock.monotonic()
    this.#cancel = this.clock.afterInBackground(this.intervalMs, () => {
      this.#cancel = undefined
      this.flush()
    })
  }
}

function formatInterval(ms: number): string {
  return ms < 1500 ? 'second' : `${Math.round(ms / 1000)} s`
}
