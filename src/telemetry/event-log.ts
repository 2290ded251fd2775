import { Problems, type Stage } from './problems.ts'
import { RateLimit } from './rate-limit.ts'

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
  /** @param times empty, or ` (7 times)`: how often it happened since it was last logged */
  message(times: string): string
  /** It is logged at most once in this many milliseconds; else once per second. */
  readonly minIntervalMs?: number
}

/** Writes the log, limits what repeats, and remembers recent problems. */
export class EventLog {
  /** Recent warnings and errors, one per kind. */
  readonly problems = new Problems()
  readonly #limits = new Map<string, RateLimit>()

  constructor(public sink: LogSink) {}

  /** Logs a problem and remembers it. @param times how often it happened since it was last logged */
  problem(level: 'warn' | 'error', stage: Stage, kind: string, message: string, times = 1): void {
    this.sink[level](message)
    this.problems.add({ level, stage, kind, message, times })
  }

  /** Logs and remembers a problem that may repeat, at most once per interval. */
  repeatedProblem({ level, stage, kind, message, minIntervalMs }: RepeatedProblem): void {
    let limit = this.#limits.get(kind)
    if (limit === undefined) this.#limits.set(kind, limit = new RateLimit(minIntervalMs))
    limit.run((times) => this.problem(level, stage, kind, message(times === 1 ? '' : ` (${times} times)`), times))
  }
}
