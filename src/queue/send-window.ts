/** The limit is lowered once in this time, so that requests that are throttled together count once; in milliseconds. */
const THROTTLE_MS = 1000

/** How many requests may be in flight: half as many when the backend throttles, one more per round as it recovers. */
export class SendWindow {
  #size: number
  #lowered = -Infinity

  /** @param max requests in flight at most */
  constructor(public max: number) {
    this.#size = max
  }

  get limit(): number {
    return Math.max(1, Math.floor(Math.min(this.#size, this.max)))
  }

  /** Allows as many as it may: nothing is known of the backend. */
  reset(): void {
    this.#size = this.max
    this.#lowered = -Infinity
  }

  succeeded(): void {
    this.#size = Math.min(this.max, this.#size + 1 / this.#size)
  }

  /** @param now milliseconds, by the monotonic clock */
  throttled(now: number): void {
    if (now - this.#lowered < THROTTLE_MS) return
    this.#lowered = now
    this.#size = Math.max(1, Math.min(this.#size, this.max) / 2)
  }
}
