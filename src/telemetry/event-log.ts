import { type Clock, systemClock } from '../async/clock.ts'
import { Problems, type Stage } from './problems.ts'
import { RateLimit, type WriteCount } from './rate-limit.ts'

/** Where events are written; a logger of any library has this form. */
export interface LogSink {
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

/** A problem that may repeat many times per second. */
export interface RepeatedProblem {
  readonly level: 'warn' | 'error'
  readonly stage: Stage
  /** Problems of one kind share a rate limit, and one line in the list of problems. */
  readonly kind: string
  /** How many documents or the like it happened to; 1 if it counts none. */
  readonly count?: number
  /**
   * @param count the sum of the counts since it was last logged
   * @param when empty, or the time that the sum is of, as ` in the last second`
   */
  message(count: number, when: string): string
  /** It is logged at most once in this many milliseconds; else once per second. */
  readonly minIntervalMs?: number
}

/** Writes the log, limits what repeats, and remembers recent problems. */
export class EventLog {
  /** Recent warnings and errors, one per kind. */
  readonly problems = new Problems()
  readonly #limits = new Map<string, RateLimit>()

  constructor(public sink: LogSink, readonly clock: Clock = systemClock) {}

  /** Logs a problem and remembers it. */
  problem(level: 'warn' | 'error', stage: Stage, kind: string, message: string): void {
    this.sink[level](message)
    this.problems.add({ level, stage, kind, message, times: 1 }, this.clock.wall())
  }

  /** Remembers a problem that may repeat, and logs it at most once per interval, with the sum of its counts. */
  repeatedProblem({ level, stage, kind, count = 1, message, minIntervalMs }: RepeatedProblem): void {
    const times = Math.max(1, count)
    this.problems.add({ level, stage, kind, message: message(count, ''), times }, this.clock.wall())
    this.limited(kind, count, (sum, when) => this.sink[level](message(sum, when)), minIntervalMs)
  }

  /** Calls `write` now, or soon with the sum of the counts if something of its kind was written within the interval. */
  limited(kind: string, count: number, write: WriteCount, intervalMs?: number): void {
    let limit = this.#limits.get(kind)
    if (limit === undefined) this.#limits.set(kind, limit = new RateLimit(this.clock, intervalMs))
    limit.run(count, write)
  }

  /** Writes what is held back. */
  flush(): void {
    for (const limit of this.#limits.values()) limit.flush()
  }
}

/** How often something happened, for a message that counts nothing: ` (3 times in the last second)`. */
export function repeated(count: number, when: string): string {
  return count === 1 ? '' : ` (${count} times${when})`
}
