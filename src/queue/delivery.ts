import type { Clock } from '../async/clock.ts'
import { untilAborted } from '../async/until-aborted.ts'
import type { Batch } from '../component/batch.ts'
import { ExportError } from '../component/export-error.ts'
import type { OpenExporter } from '../component/exporter.ts'
import { errorMessage } from '../errors/error-message.ts'
import { MAX_BATCH } from '../segment/limits.ts'
import type { ExporterReport } from '../telemetry/exporter-report.ts'
import type { Backlog, Row } from './backlog.ts'
import { Circuit } from './circuit.ts'
import { afterPartialSuccess, afterRejection, type DeadBatch, splitExpired } from './dead-letter-policy.ts'
import { type Retry, RetryList } from './retry-list.ts'

/** How one exporter is delivered to. */
export interface DeliverySettings {
  /** Requests in flight at most. */
  readonly concurrency: number
  /** How long a batch that is not full waits for more, in milliseconds. */
  readonly batchWaitMs: number
  /** Documents older than this, in milliseconds, become dead letters when they fail. */
  readonly maxAgeMs: number
  readonly backOff: { readonly firstMs: number; readonly longestMs: number }
}

/** What a delivery works on. */
export interface DeliveryParts {
  readonly backlog: Backlog
  readonly report: ExporterReport
  readonly clock: Clock
  /** Takes rows that are done, and documents that become dead letters. */
  readonly settle: (rows: readonly number[], dead?: DeadBatch) => void
}

/** How delivery goes. */
export interface DeliveryState {
  readonly isFailing: boolean
  /** How long it has been failing, in milliseconds. */
  readonly failingForMs: number
  /** Requests in flight, and how many may be. */
  readonly inFlight: number
  readonly limit: number
  /** Documents that failed and are sent again. */
  readonly retrying: number
}

/** What sends batches. */
export type Sender = Pick<OpenExporter, 'send'>

/** While so many batches wait to be sent again, nothing new is begun: each holds memory. */
const MAX_RETRIES = 256

/** Sends the backlog of one lane. What failed and what is new take turns, so that neither holds up the other. */
export class Delivery {
  readonly #abort = new AbortController()
  readonly #retries = new RetryList()
  readonly #circuit: Circuit
  readonly #sends = new Set<Promise<void>>()
  #inFlightDocuments = 0
  /** When a request last succeeded, by the monotonic clock. */
  #lastSuccess = -Infinity
  #isStarted = false
  #isRetryNext = false
  #isFlushing = false
  #cancelTimer: (() => void) | undefined
  /** When the timer goes off, by the monotonic clock. */
  #wakesAt = 0
  #onIdle: (() => void) | undefined

  constructor(
    private readonly parts: DeliveryParts,
    private sender: Sender,
    private settings: DeliverySettings,
  ) {
    const { report, clock } = parts
    this.#circuit = new Circuit(settings.concurrency, settings.backOff, report, clock, () => this.documents)
  }

  /** True if nothing waits, and nothing is in flight. */
  get isDone(): boolean {
    return this.#sends.size === 0 && this.#retries.length === 0 && this.parts.backlog.documents === 0
  }

  /** True while the backend accepts what it is sent, and did so within the last `ms` milliseconds. */
  succeededWithin(ms: number): boolean {
    return this.#circuit.isHealthy && this.parts.clock.monotonic() - this.#lastSuccess <= ms
  }

  /** Documents that are not delivered yet. */
  get documents(): number {
    return this.parts.backlog.documents + this.#retries.documents + this.#inFlightDocuments
  }

  get state(): DeliveryState {
    return {
      isFailing: !this.#circuit.isHealthy,
      failingForMs: this.#circuit.failingForMs,
      inFlight: this.#sends.size,
      limit: this.#circuit.limit,
      retrying: this.#retries.documents,
    }
  }

  /** Begins to send. */
  start(): void {
    this.#isStarted = true
    this.pump()
  }

  /** Takes other settings, from now on. */
  configure(settings: DeliverySettings): void {
    this.settings = settings
    this.#circuit.configure(settings.concurrency)
    this.pump()
  }

  /** Sends by another sender, from now on. @returns resolves once the requests of the old one have ended */
  async replaceSender(sender: Sender): Promise<void> {
    const sends = [...this.#sends]
    this.sender = sender
    await Promise.all(sends)
  }

  /** Sends what can be sent now, and sees to it that the rest has its turn. */
  pump(): void {
    if (!this.#isStarted || this.#abort.signal.aborted) return
    const pause = this.#circuit.pauseMs
    if (pause > 0) return this.#wakeIn(pause)
    const now = this.parts.clock.wall()
    const { room } = this.#circuit
    while (this.#sends.size < room) {
      const next = this.#next(now)
      if (next === undefined) break
      this.#begin(next)
    }
    const due = this.#retries.nextDue
    if (due !== undefined && this.#sends.size < room) this.#wakeIn(due - this.parts.clock.monotonic())
    if (this.isDone) this.#onIdle?.()
  }

  /** What failed and what is new, in turn. */
  #next(now: number): Retry | undefined {
    const monotonic = this.parts.clock.monotonic()
    this.#isRetryNext = !this.#isRetryNext
    if (this.#isRetryNext || this.#retries.length > MAX_RETRIES) {
      return this.#retries.take(monotonic) ?? this.#fresh(now)
    }
    return this.#fresh(now) ?? this.#retries.take(monotonic)
  }

  #fresh(now: number): Retry | undefined {
    const { backlog } = this.parts
    if (backlog.documents === 0 || this.#retries.length > MAX_RETRIES) return undefined
    if (backlog.documents < MAX_BATCH && !this.#isFlushing) {
      const { batchWaitMs } = this.settings
      const due = (backlog.oldest() ?? now) + batchWaitMs
      // A clock that was set back must not hold up what waits.
      if (due > now && due - now <= batchWaitMs) {
        this.#wakeIn(due - now)
        return undefined
      }
    }
    const batch = backlog.take()
    return batch === undefined ? undefined : { batch, failures: 0, due: 0 }
  }

  #begin(retry: Retry): void {
    this.#inFlightDocuments += retry.batch.count
    const send = this.#send(retry).finally(() => {
      this.#sends.delete(send)
      this.#inFlightDocuments -= retry.batch.count
      this.pump()
    })
    this.#sends.add(send)
  }

  async #send(retry: Retry): Promise<void> {
    try {
      await this.sender.send(retry.batch, this.#abort.signal)
    } catch (error) {
      if (this.#abort.signal.aborted) this.#retries.add(retry.batch, retry.failures, 0)
      else this.#failed(retry, error)
      return
    }
    this.#lastSuccess = this.parts.clock.monotonic()
    this.#circuit.succeeded()
    this.#delivered(retry.batch)
  }

  #delivered(batch: Batch<Row>): void {
    if (batch.count === 0) return
    this.parts.report.sent(batch.count)
    this.parts.settle(this.parts.backlog.finish(batch))
  }

  #failed(retry: Retry, error: unknown): void {
    const failure = error instanceof ExportError
      ? error
      : new ExportError('retryable', errorMessage(error), { cause: error })
    if (failure.kind === 'partial') this.#partlyFailed(retry, failure)
    else if (failure.kind === 'permanent') this.#rejected(retry, failure)
    else this.#failedForNow(retry, failure)
  }

  #failedForNow({ batch, failures }: Retry, failure: ExportError): void {
    const { report, clock } = this.parts
    report.retried(batch.count, failure.isThrottle ? 'throttled' : 'failed')
    this.#circuit.failed(failure)
    this.#retries.add(batch, failures + 1, clock.monotonic() + this.#circuit.retryAfterMs(failures))
    this.#expire(failure.message)
  }

  #partlyFailed({ batch, failures }: Retry, failure: ExportError): void {
    const { report, clock } = this.parts
    this.#circuit.answered()
    for (const { code } of failure.failed) report.unprocessed(code)
    const { delivered, again, dead } = afterPartialSuccess(batch, failure)
    this.#delivered(delivered)
    for (const rest of again) {
      report.retried(rest.count, 'unprocessed')
      const due = clock.monotonic() + this.#circuit.retryAfterMs(failures)
      this.#retries.add(this.#withoutExpired(rest, failure.message), failures + 1, due)
    }
    for (const letter of dead) this.#deadLetter(letter)
  }

  #rejected({ batch }: Retry, failure: ExportError): void {
    this.#circuit.answered()
    const { again, dead } = afterRejection(batch, failure)
    for (const half of again) this.#retries.add(half, 0, 0)
    for (const letter of dead) this.#deadLetter(letter)
  }

  /** Turns what is too old into dead letters, of what failed and of what waits. */
  #expire(message: string): void {
    for (const { batch, failures, due } of this.#retries.drain()) {
      this.#retries.add(this.#withoutExpired(batch, message), failures, due)
    }
    const { backlog, clock } = this.parts
    const oldest = clock.wall() - this.settings.maxAgeMs
    while ((backlog.oldest() ?? oldest) < oldest) {
      const batch = backlog.take()
      if (batch === undefined) return
      this.#retries.add(this.#withoutExpired(batch, message), 0, 0)
    }
  }

  #withoutExpired(batch: Batch<Row>, message: string): Batch<Row> {
    const { expired, rest } = splitExpired(batch, this.parts.clock.wall() - this.settings.maxAgeMs)
    if (expired.count > 0) {
      this.#deadLetter({ batch: expired, reason: 'too-old', message: `older than queue.maxAge; last: ${message}` })
    }
    return rest
  }

  #deadLetter(dead: DeadBatch): void {
    const { batch, reason, message } = dead
    this.parts.report.deadLettered(batch.count, reason, message)
    this.parts.settle(this.parts.backlog.finish(batch), dead)
  }

  #wakeIn(ms: number): void {
    const wait = Math.max(1, ms)
    const at = this.parts.clock.monotonic() + wait
    if (this.#cancelTimer !== undefined) {
      if (this.#wakesAt <= at + 1) return
      this.#cancelTimer()
    }
    this.#wakesAt = at
    this.#cancelTimer = this.parts.clock.after(wait, () => {
      this.#cancelTimer = undefined
      this.pump()
    })
  }

  /** Sends what is there without waiting for more, until all is delivered or `deadline` comes. */
  async flush(deadline: AbortSignal): Promise<void> {
    this.#isFlushing = true
    this.#clearTimer()
    const idle = new Promise<void>((resolve) => (this.#onIdle = resolve))
    this.pump()
    if (!this.#isStarted) return
    await Promise.race([idle, untilAborted(deadline)])
  }

  /** Sends nothing new; what is in flight ends by itself, or is aborted at `deadline` and stays in the backlog. */
  async stop(deadline: AbortSignal): Promise<void> {
    this.#isStarted = false
    this.#clearTimer()
    await Promise.race([Promise.all(this.#sends), untilAborted(deadline)])
    this.#abort.abort()
  }

  #clearTimer(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }
}
