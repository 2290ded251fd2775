/** The limit is lowered once in so long, so that requests that are throttled together count once; in milliseconds. */
const WINDOW_MS = 1000

/** How many requests may be in flight: half as many when the destination throttles, one more a round as it takes them. */
export class SendWindow {
  #size: number
  #lowered = -Infinity

  /** @param most requests in flight at most */
  constructor(public most: number) {
    this.#size = most
  }

  get limit(): number {
    return Math.max(1, Math.floor(Math.min(this.#size, this.most)))
  }

  succeeded(): void {
    this.#size = Math.min(this.most, this.#size + 1 / this.#size)
  }

  /** @param now by the monotonic clock, in milliseconds */
  throttled(now: number): void {
    if (now - this.#lowered < WINDOW_MS) return
    this.#lowered = now
    this.#size = Math.max(1, Math.min(this.#size, this.most) / 2)
  }
}
