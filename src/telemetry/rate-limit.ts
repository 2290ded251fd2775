/** Lets one call per interval through. */
export class RateLimit {
  #next = 0
  #held = 0

  /** @param intervalMs milliseconds */
  constructor(private readonly intervalMs: number = 1000) {}

  /** Calls `fn` unless it was called within the interval. @param fn gets the number of runs since its last call */
  run(fn: (times: number) => void, now = Date.now()): void {
    this.#held++
    if (now < this.#next) return
    this.#next = now + this.intervalMs
    const times = this.#held
    this.#held = 0
    fn(times)
  }
}
