/** Lets one call a second through, and tells it how many it stands for. */
export class RateLimit {
  #next = 0
  #held = 0

  constructor(private readonly everyMs: number = 1000) {}

  /** Calls `act` with the number of calls since it last acted, if its time has come. */
  run(act: (times: number) => void, now = Date.now()): void {
    this.#held++
    if (now < this.#next) return
    this.#next = now + this.everyMs
    const times = this.#held
    this.#held = 0
    act(times)
  }
}
