import type { Clock } from '../async/clock.ts'
import { untilAborted } from '../async/until-aborted.ts'
import type { Batch } from '../component/batch.ts'
import { ExportError } from '../component/export-error.ts'
import { errorMessage } from '../errors/error-message.ts'
import { MAX_BATCH } from '../segment/limits.ts'
import type { ExporterReport } from '../telemetry/exporter-report.ts'
import type { Backlog, Row } from './backlog.ts'
import { Circuit } from './circuit.ts'
import { afterPartialSuccess, afterRejection, type DeadBatch, splitExpired } from './dead-letter-policy.ts'
import { Requests, type Sender } from './requests.ts'
import type { PartlyDelivered } from './rest-of-row.ts'
import { type Retry, RetryList } from './retry-list.ts'
import { WakeUp } from './wake-up.ts'

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
  readonly acknowledge: (rows: readonly number[], dead?: DeadBatch) => void
  /**
   * True while so many dead letters wait to be written that there must not be more: what would become one is sent again.
   * {@link Delivery.pump} is called after.
   */
  readonly isBlocked: () => boolean
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

/** While so many batches wait to be sent again, nothing new is begun: each holds memory. */
const MAX_RETRIES = 256
/** How long after the spool could not be read it is tried again, in milliseconds. */
const READ_AGAIN_MS = 1000

/** Sends the backlog of one lane. What failed and what is new take turns, so that neither holds up the other. */
export class Delivery {
  readonly #retries = new RetryList()
  readonly #circuit: Circuit
  readonly #requests: Requests
  readonly #wakeUp: WakeUp
  /** When a request last succeeded, by the monotonic clock. */
  #lastSuccess = -Infinity
  #isStarted = false
  #isRetryNext = false
  #isFlushing = false
  /** Why delivery fails, while there may be more that is too old. */
  #expiring: string | undefined
  #onIdle: (() => void) | undefined

  constructor(private readonly parts: DeliveryParts, sender: Sender, private settings: DeliverySettings) {
    const { report, clock } = parts
    this.#circuit = new Circuit(settings.concurrency, settings.backOff, report, clock, () => this.documents)
    this.#wakeUp = new WakeUp(clock, () => this.pump())
    this.#requests = new Requests(sender, {
      delivered: ({ batch }, isPresent) => this.#succeeded(batch, isPresent),
      failed: (retry, error, isPresent) => this.#failed(retry, error, isPresent),
    })
  }

  /** True if nothing waits, and nothing is in flight. */
  get isDone(): boolean {
    return this.#requests.count === 0 && this.#retries.length === 0 && this.parts.backlog.documents === 0
  }

  /** True while the backend accepts what it is sent, and did so within the last `ms` milliseconds. */
  succeededWithin(ms: number): boolean {
    return this.#circuit.isHealthy && this.parts.clock.monotonic() - this.#lastSuccess <= ms
  }

  /** Documents that are not delivered yet. */
  get documents(): number {
    return this.parts.backlog.documents + this.#retries.documents + this.#requests.documents
  }

  get state(): DeliveryState {
    return {
      isFailing: !this.#circuit.isHealthy,
      failingForMs: this.#circuit.failingForMs,
      inFlight: this.#requests.count,
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

  /**
   * Sends by another sender, from now on. Requests of the old one end until `deadline`; what they have not delivered
   * then is sent again.
   */
  async replaceSender(sender: Sender, deadline: AbortSignal): Promise<void> {
    const abandoned = this.#requests.replaceSender(sender, deadline)
    this.#circuit.replaced()
    this.pump()
    this.#sendAgain(await abandoned)
    this.pump()
  }

  /** Sends what can be sent now, and sees to it that the rest has its turn. */
  pump(): void {
    if (!this.#isStarted) return
    if (this.#expiring !== undefined) this.#goOnExpiring(this.#expiring)
    if (this.isDone) return this.#onIdle?.()
    const pause = this.#circuit.pauseMs
    if (pause > 0) return this.#wakeUp.in(pause)
    this.#reading(() => this.#fillWindow())
    if (this.isDone) this.#onIdle?.()
  }

  #fillWindow(): void {
    const now = this.parts.clock.wall()
    const { room } = this.#circuit
    while (this.#requests.count < room) {
      const next = this.#next(now)
      if (next === undefined) break
      this.#requests.begin(next)
    }
    const due = this.#retries.nextDue
    if (due !== undefined && this.#requests.count < room) this.#wakeUp.in(due - this.parts.clock.monotonic())
  }

  /** Runs what reads the spool. If that fails, what waits stays there, and is read again later. */
  #reading(fn: () => void): void {
    try {
      fn()
    } catch (error) {
      this.parts.report.problem('error', 'spool', `Cannot read what waits: ${errorMessage(error)}`)
      if (this.#isStarted) this.#wakeUp.in(READ_AGAIN_MS)
    }
  }

  /** What failed and what is new, in turn. */
  #next(now: number): Retry | undefined {
    const monotonic = this.parts.clock.monotonic()
    this.#isRetryNext = !this.#isRetryNext
    if (this.#isRetryNext || this.#areRetriesMany) return this.#retries.take(monotonic) ?? this.#fresh(now)
    return this.#fresh(now) ?? this.#retries.take(monotonic)
  }

  get #areRetriesMany(): boolean {
    const { length } = this.#retries
    return length > MAX_RETRIES || (length > 0 && this.parts.backlog.isMemoryFull)
  }

  #fresh(now: number): Retry | undefined {
    const { backlog } = this.parts
    if (backlog.documents === 0 || this.#areRetriesMany) return undefined
    if (backlog.documents < MAX_BATCH && !this.#isFlushing) {
      const { batchWaitMs } = this.settings
      const due = (backlog.oldest() ?? now) + batchWaitMs
      // A clock that was set back must not hold up what waits.
      if (due > now && due - now <= batchWaitMs) {
        this.#wakeUp.in(due - now)
        return undefined
      }
    }
    const batch = backlog.take()
    return batch === undefined ? undefined : { batch, failures: 0, due: 0 }
  }

  #succeeded(batch: Batch<Row>, isPresent: boolean): void {
    if (isPresent) this.#circuit.succeeded()
    this.#delivered(batch)
    this.pump()
  }

  #delivered(batch: Batch<Row>): void {
    if (batch.count === 0) return
    this.#lastSuccess = this.parts.clock.monotonic()
    this.parts.report.sent(batch.count)
    this.parts.acknowledge(this.parts.backlog.finish(batch))
  }

  /** @param isPresent false if its sender has been replaced, so that it says nothing about the one of now */
  #failed(retry: Retry, error: unknown, isPresent: boolean): void {
    const failure = error instanceof ExportError
      ? error
      : new ExportError('retryable', errorMessage(error), { cause: error })
    if (failure.kind === 'partial') this.#partlyFailed(retry, failure)
    else if (failure.kind === 'permanent') this.#rejected(retry, failure)
    else this.#failedForNow(retry, failure, isPresent)
    if (isPresent && failure.kind !== 'retryable') this.#circuit.answered()
    this.pump()
  }

  #failedForNow({ batch, failures }: Retry, failure: ExportError, isPresent: boolean): void {
    const { report, clock } = this.parts
    report.retried(batch.count, failure.isThrottle ? 'throttled' : 'failed')
    this.#retries.add(batch, failures + 1, clock.monotonic() + this.#circuit.retryAfterMs(failures))
    if (!isPresent) return
    this.#circuit.failed(failure)
    this.#reading(() => this.#expire(failure.message))
  }

  #partlyFailed({ batch, failures }: Retry, failure: ExportError): void {
    const { report } = this.parts
    for (const { code } of failure.failed) report.unprocessed(code)
    const { delivered, again, dead } = afterPartialSuccess(batch, failure)
    this.#delivered(delivered)
    for (const rest of again) {
      report.retried(rest.count, 'unprocessed')
      this.#sendLater(this.#withoutExpired(rest, failure.message), failures)
    }
    for (const deadBatch of dead) {
      if (this.parts.isBlocked()) this.#sendLater(deadBatch.batch, failures)
      else this.#deadLetter(deadBatch)
    }
  }

  #sendLater(batch: Batch<Row>, failures: number): void {
    const due = this.parts.clock.monotonic() + this.#circuit.retryAfterMs(failures)
    this.#retries.add(batch, failures + 1, due)
  }

  #rejected({ batch, failures }: Retry, failure: ExportError): void {
    if (this.parts.isBlocked()) return this.#sendLater(batch, failures)
    const { again, dead } = afterRejection(batch, failure)
    for (const half of again) this.#retries.add(half, 0, 0)
    for (const deadBatch of dead) this.#deadLetter(deadBatch)
  }

  #goOnExpiring(message: string): void {
    // What is old is delivered if it can be.
    if (this.#circuit.isHealthy) this.#expiring = undefined
    else if (!this.parts.isBlocked()) this.#reading(() => this.#expire(message))
  }

  /**
   * Turns what is too old into dead letters, of what failed and of what waits: as much as can be written soon. The rest
   * follows once that is written.
   */
  #expire(message: string): void {
    const { backlog, clock, isBlocked } = this.parts
    this.#expiring = message
    for (const { batch, failures, due } of this.#retries.drain()) {
      this.#retries.add(this.#withoutExpired(batch, message), failures, due)
    }
    const oldest = clock.wall() - this.settings.maxAgeMs
    while (!isBlocked()) {
      if ((backlog.oldest() ?? oldest) >= oldest) return void (this.#expiring = undefined)
      const batch = backlog.take()
      if (batch !== undefined) this.#retries.add(this.#withoutExpired(batch, message), 0, 0)
    }
  }

  #withoutExpired(batch: Batch<Row>, message: string): Batch<Row> {
    if (this.parts.isBlocked()) return batch
    const { expired, rest } = splitExpired(batch, this.parts.clock.wall() - this.settings.maxAgeMs)
    if (expired.count > 0) {
      this.#deadLetter({ batch: expired, reason: 'too-old', message: `older than queue.maxAge; last: ${message}` })
    }
    return rest
  }

  #deadLetter(dead: DeadBatch): void {
    const { batch, reason, message } = dead
    this.parts.report.deadLettered(batch.count, reason, message)
    this.parts.acknowledge(this.parts.backlog.finish(batch), dead)
  }

  /** Puts what was given up among what is sent again. */
  #sendAgain(abandoned: readonly Retry[]): void {
    for (const { batch, failures } of abandoned) {
      this.parts.backlog.abandon(batch)
      this.#retries.add(batch, failures, 0)
    }
  }

  /** Sends what is there without waiting for more, until all is delivered or `deadline` comes. */
  async flush(deadline: AbortSignal): Promise<void> {
    if (!this.#isStarted) return
    this.#isFlushing = true
    this.#wakeUp.cancel()
    const idle = new Promise<void>((resolve) => (this.#onIdle = resolve))
    this.pump()
    await Promise.race([idle, untilAborted(deadline)])
  }

  /**
   * Sends nothing new; what is in flight ends by itself, or is aborted at `deadline` and stays in the backlog.
   *
   * @returns the rows of which a part is delivered
   */
  async stop(deadline: AbortSignal): Promise<PartlyDelivered[]> {
    this.#isStarted = false
    this.#wakeUp.cancel()
    this.#sendAgain(await this.#requests.end(deadline))
    return this.parts.backlog.partlyDelivered(this.#retries.batches)
  }
}
