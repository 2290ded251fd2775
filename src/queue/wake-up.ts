import type { Clock } from '../async/clock.ts'

/** Timers of a runtime go off at once if they are longer than this, in milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1
/** A timer that would go off this much later than asked is good enough, in milliseconds. */
const TOLERANCE_MS = 1

/** One timer, which goes off at the earliest time that was asked for. */
export class WakeUp {
  #cancel: (() => void) | undefined
  /** When the timer goes off, in milliseconds by the monotonic clock. */
  #at = 0

  constructor(private readonly clock: Clock, private readonly fn: () => void) {}

  /** Goes off in `ms` milliseconds at the latest, or after 24 days. */
  in(ms: number): void {
    const wait = Math.min(Math.max(1, ms), MAX_TIMER_MS)
    const at = this.clock.monotonic() + wait
    if (this.#cancel !== undefined) {
      if (this.#at <= at + TOLERANCE_MS) return
      this.#cancel()
    }
    this.#at = at
    this.#cancel = this.clock.after(wait, () => {
      this.#cancel = undefined
      this.fn()
    })
  }

  cancel(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }
}
