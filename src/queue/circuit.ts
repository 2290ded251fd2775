import type { Clock } from '../async/clock.ts'
import type { ExportError } from '../component/export-error.ts'
import type { ExporterReport } from '../telemetry/exporter-report.ts'
import { SendWindow } from './send-window.ts'

/** The pauses after failures, in milliseconds. */
export interface BackOff {
  readonly firstMs: number
  readonly longestMs: number
}

/** How often a failure that lasts is reported again, in milliseconds: if a person must act, and else. */
const REMIND_MS = { urgent: 60_000, other: 300_000 }
/** The back-off does not grow after this many failures. */
const MAX_DOUBLINGS = 16
/** Nothing pauses for longer, whatever the backend asks for, in milliseconds. */
const MAX_PAUSE_MS = 300_000

/**
 * Decides when, and how many, requests go to one backend. After a failure everything pauses, then a single request tries
 * whether the backend is back, so that an outage costs next to nothing; while the backend throttles, the window shrinks.
 */
export class Circuit {
  readonly #window: SendWindow
  #failures = 0
  #throttles = 0
  #failingSince = 0
  /** Since when nothing was delivered, by this sender or the ones before it; undefined if something was since the last failure. */
  #outageSince: number | undefined
  /** When a failure was last reported, and one that a person must end. */
  #reminded = 0
  #urgentlyReported = -Infinity
  #pausedUntil = -Infinity

  /** @param waiting returns how many documents wait, for reports */
  constructor(
    concurrency: number,
    private readonly backOff: BackOff,
    private readonly report: ExporterReport,
    private readonly clock: Clock,
    private readonly waiting: () => number,
  ) {
    this.#window = new SendWindow(concurrency)
  }

  /** True while the backend accepts what it is sent. */
  get isHealthy(): boolean {
    return this.#failures === 0
  }

  /** How long it has been failing, in milliseconds. */
  get failingForMs(): number {
    return this.isHealthy ? 0 : this.clock.monotonic() - this.#failingSince
  }

  /** Requests that the window allows. */
  get limit(): number {
    return this.#window.limit
  }

  /** Requests that may be in flight now. */
  get room(): number {
    return this.isHealthy ? this.#window.limit : 1
  }

  /** How long nothing may be sent from now on, in milliseconds; 0 or less if requests may go. */
  get pauseMs(): number {
    return this.#pausedUntil - this.clock.monotonic()
  }

  /** A random pause that grows with the failures before it (full jitter), in milliseconds. */
  retryAfterMs(failures: number): number {
    const { firstMs, longestMs } = this.backOff
    return this.clock.jitter(Math.min(longestMs, firstMs * 2 ** Math.min(failures, MAX_DOUBLINGS)))
  }

  /** Allows another number of requests, and ends the pause: what changed may be what delivery waited for. */
  configure(concurrency: number): void {
    this.#window.max = concurrency
    this.#pausedUntil = -Infinity
  }

  /** Requests go to another sender, of which no failure is known. */
  replaced(): void {
    this.report.senderReplaced()
    this.#forget()
    this.#pausedUntil = -Infinity
    this.#window.reset()
  }

  #forget(): void {
    this.#failures = this.#throttles = 0
    this.#urgentlyReported = -Infinity
  }

  /** The backend accepted a request. */
  succeeded(): void {
    this.answered()
    this.#window.succeeded()
  }

  /** The backend answered, if only to reject what it was sent. */
  answered(): void {
    if (this.#outageSince !== undefined) {
      this.report.deliveryRecovered(this.clock.monotonic() - this.#outageSince, this.waiting())
    }
    this.#outageSince = undefined
    this.#forget()
  }

  /** A request failed. Several requests fail together: they count as one failure, and the first one's pause holds for all. */
  failed(failure: ExportError): void {
    if (this.pauseMs > 0) return
    const now = this.clock.monotonic()
    this.report.deliveryFailed(failure.message)
    // While less at a time helps, the backend is not away.
    const isSlowed = failure.isThrottle && this.#window.limit > 1
    if (failure.isThrottle) {
      this.#throttles++
      this.#window.throttled(now)
      this.report.throttled(this.#window.limit, failure.message)
    }
    const earlier = isSlowed ? this.#throttles - 1 : this.#failures
    if (!isSlowed) this.#countFailure(failure, now)
    const asked = Math.min(failure.retryAfterMs ?? 0, MAX_PAUSE_MS)
    this.#pausedUntil = now + Math.max(asked, this.retryAfterMs(earlier))
  }

  #countFailure({ message, isUrgent }: ExportError, now: number): void {
    const isFirst = this.#failures++ === 0
    if (isFirst) this.#failingSince = now
    this.#outageSince ??= now
    // What a person must end is reported at once, though delivery failed for another reason before.
    const isDue = now - (isUrgent ? this.#urgentlyReported : this.#reminded) >= REMIND_MS[isUrgent ? 'urgent' : 'other']
    if (!isFirst && !isDue) return
    this.#reminded = now
    if (isUrgent) this.#urgentlyReported = now
    if (isFirst) this.report.deliveryFailing(message, isUrgent)
    else this.report.deliveryStillFailing(message, isUrgent, this.failingForMs, this.waiting())
  }
}
