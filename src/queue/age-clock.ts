import type { Clock } from '../async/clock.ts'

/** What the age of a row is computed from. */
export interface WrittenRow {
  readonly id: number
  /** Unix milliseconds. */
  readonly created: number
}

/** What a spool says of the runs before this one. */
export interface EarlierRows {
  /** The id of the first row of this run. */
  readonly nextId: number
  /** When the newest row was written, in Unix milliseconds; undefined if there is none. */
  readonly newest: number | undefined
}

/** A row from before this was written by a clock that was not set, as machines without a battery have at their start. */
const EARLIEST = Date.UTC(2020, 0, 1)

/**
 * Decides whether a row is too old. The machine's clock may be wrong by years, and what is too old is not sent any more; so
 * a row is too old only if everything that knows the time agrees:
 *
 * - the machine's clock
 * - the backend's clock, once it has answered; before, the time of the newest row of an earlier run, from which on the
 *   monotonic clock counts. Later than that it is only if the agent did not run meanwhile, which nothing proves
 * - the monotonic clock, for rows of this run
 */
export class AgeClock {
  readonly #started: number
  /** A time that is not later than the true one, and the monotonic time to go with it. */
  #anchor: { readonly wall: number; readonly monotonic: number }

  constructor(private readonly clock: Clock, private readonly earlier: EarlierRows) {
    this.#started = clock.monotonic()
    const wall = clock.wall()
    this.#anchor = { wall: Math.min(wall, earlier.newest ?? wall), monotonic: this.#started }
  }

  /** A backend said what time it is. @param wall Unix milliseconds */
  confirm(wall: number): void {
    this.#anchor = { wall, monotonic: this.clock.monotonic() }
  }

  /** True if a row has certainly waited for longer than `maxAgeMs` milliseconds. */
  isOlder({ id, created }: WrittenRow, maxAgeMs: number): boolean {
    const hasRunLonger = this.clock.monotonic() - this.#started > maxAgeMs
    if (id < this.earlier.nextId && hasRunLonger) return true
    if (id >= this.earlier.nextId && !hasRunLonger) return false
    return created >= EARLIEST && this.#now - created > maxAgeMs
  }

  get #now(): number {
    const { wall, monotonic } = this.#anchor
    return Math.min(this.clock.wall(), wall + this.clock.monotonic() - monotonic)
  }
}
