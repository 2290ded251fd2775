import type { Clock } from '../../async/clock.ts'

/** A clock that is further ahead than this of what has passed is not believed at once, in milliseconds. */
const MAX_AHEAD_MS = 5 * 60_000
/** A clock that stays ahead for so long is right, in milliseconds. */
const CONFIRM_MS = 10 * 60_000

/**
 * The time for what deletes by age. The machine's clock can be wrong for a while; the time that has passed since it was
 * asked last, and the newest trace of an earlier run, are the witnesses.
 */
export class WitnessedClock {
  #believed: number
  #asked: number
  /** Since when the machine's clock is ahead, in the monotonic time; undefined if it is not. */
  #aheadSince: number | undefined

  /** @param newest the time of the newest trace in Unix milliseconds; undefined if there is none */
  constructor(private readonly clock: Clock, newest: number | undefined) {
    this.#believed = Math.min(clock.wall(), newest ?? Infinity)
    this.#asked = clock.monotonic()
  }

  /** @returns Unix milliseconds; less than the machine's clock says as long as that is not believed */
  now(): number {
    const [wall, monotonic] = [this.clock.wall(), this.clock.monotonic()]
    const expected = this.#believed + monotonic - this.#asked
    const isAhead = wall - expected > MAX_AHEAD_MS
    this.#aheadSince = isAhead ? this.#aheadSince ?? monotonic : undefined
    const isBelieved = this.#aheadSince === undefined || monotonic - this.#aheadSince >= CONFIRM_MS
    if (isBelieved) this.#aheadSince = undefined
    this.#believed = isBelieved ? wall : expected
    this.#asked = monotonic
    return this.#believed
  }
}
