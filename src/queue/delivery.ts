import type { Clock } from '../async/clock.ts'
import { untilAborted } from '../async/until-aborted.ts'
import type { Batch } from '../component/batch.ts'
import { ExportError } from '../component/export-error.ts'
import { errorMessage } from '../errors/error-message.ts'
import { MAX_BATCH } from '../segment/limits.ts'
import type { ExporterReport } from '../telemetry/exporter-report.ts'
import type { AgeClock, WrittenRow } from './age-clock.ts'
import type { Backlog, Row } from './backlog.ts'
import { Circuit } from './circuit.ts'
import { afterPartialSuccess, afterRejection, type DeadBatch, splitExpired } from './dead-letter-policy.ts'
import { RejectionStreak } from './rejection-streak.ts'
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
  /** Decides which rows are too old. */
  readonly ages: AgeClock
  /** Takes rows that are done, and documents that become dead letters. */
  readonly acknowledge: (rows: readonly number[], dead?: DeadBatch) => void
  /**
   * True while there must not be more dead letters, as many wait to be written, or as many as may be are kept: what
   * would become one is sent again. {@link Delivery.pump} is called after.
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
/** Documents that expire at once at most, so that nothing else waits for long; more do when these are written. */
const MAX_EXPIRED = 500
/** Time between such parts at least, in milliseconds. */
const EXPIRE_MS = 20
/** How long after the spool could not be read it is tried again, in milliseconds. */
const READ_AGAIN_MS = 1000

/** Sends the backlog of one lane. What failed and what is new take turns, so that neither holds up the other. */
export class Delivery {
  readonly #retries = new RetryList()
  readonly #circuit: Circuit
  readonly #requests: Requests
  readonly #wakeUp: WakeUp
  readonly #rejections = new RejectionStreak()
  /** When a request last succeeded, by the monotonic clock. */
  #lastSuccess = -Infinity
  #isStarted = false
  #isRetryNext = false
  #isFlushing = false
  /** Why delivery fails, while there may be more that is too old. */
  #expiring: string | undefined
  /** Something is too old that must not become a dead letter yet. */
  #isExpiryHeldUp = false
  /** When documents last expired, by the monotonic clock. */
  #expired = -Infinity
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
    this.#rejections.reset()
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
    if (this.#isRetryNext || this.#areRetriesMany) return this.#takeRetry(monotonic) ?? this.#fresh(now)
    return this.#fresh(now) ?? this.#takeRetry(monotonic)
  }

  #takeRetry(now: number): Retry | undefined {
    // If a part of them is accepted after all, small ones show it soonest.
    return this.#retries.take(now, this.#rejections.isOutage)
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
    if (isPresent) {
      this.#circuit.succeeded()
      this.#rejections.accept()
    }
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
    if (failure.backendTime !== undefined) this.parts.ages.confirm(failure.backendTime)
    if (failure.kind === 'partial') this.#partlyFailed(retry, failure, isPresent)
    else if (failure.kind === 'permanent') this.#rejected(retry, failure, isPresent)
    else this.#failedForNow(retry, failure, isPresent)
    this.pump()
  }

  #failedForNow(retry: Retry, failure: ExportError, isPresent: boolean): void {
    this.parts.report.retried(retry.batch.count, failure.isThrottle ? 'throttled' : 'failed')
    this.#sendLater(retry)
    if (isPresent) this.#failedAsAWhole(failure)
  }

  #failedAsAWhole(failure: ExportError): void {
    this.#circuit.failed(failure)
    this.#reading(() => this.#expire(failure.message))
  }

  #partlyFailed(retry: Retry, failure: ExportError, isPresent: boolean): void {
    const { report } = this.parts
    const { batch } = retry
    for (const { code } of failure.failed) report.unprocessed(code)
    const { delivered, again, dead } = afterPartialSuccess(batch, failure)
    this.#delivered(delivered)
    for (const rest of again) {
      report.retried(rest.count, 'unprocessed')
      this.#sendLater({ ...retry, batch: this.#withoutExpired(rest, failure.message) })
    }
    for (const deadBatch of dead) {
      if (this.parts.isBlocked()) this.#sendLater({ ...retry, batch: deadBatch.batch })
      else this.#deadLetter(deadBatch)
    }
    if (!isPresent) return
    this.#circuit.answered()
    this.#rejections.accept()
  }

  #sendLater(retry: Retry): void {
    const due = this.parts.clock.monotonic() + this.#circuit.retryAfterMs(retry.failures)
    this.#retries.add({ ...retry, failures: retry.failures + 1, due })
  }

  #rejected(retry: Retry, failure: ExportError, isPresent: boolean): void {
    const { accepted } = this.#rejections
    const acceptedBefore = retry.acceptedBefore ?? accepted
    const isByDocument = failure.isRead || accepted > acceptedBefore
    const rejected = { ...retry, acceptedBefore }
    if (retry.batch.count === 1 && (!isByDocument || this.parts.isBlocked())) this.#sendLater(rejected)
    else {
      const { again, dead } = afterRejection(retry.batch, failure)
      for (const batch of again) this.#retries.add({ ...rejected, batch, failures: 0, due: 0 })
      for (const deadBatch of dead) this.#deadLetter(deadBatch)
    }
    if (isPresent) this.#countRejection(failure)
  }

  #countRejection(failure: ExportError): void {
    if (failure.isRead) this.#rejections.accept()
    else this.#rejections.reject()
    if (!this.#rejections.isOutage) return this.#circuit.answered()
    const message = `it rejects all that it is sent, ${this.#rejections.length} requests in a row, so its ` +
      `endpoint may be wrong, and nothing is given up: ${failure.message}`
    this.#failedAsAWhole(new ExportError('retryable', message, { cause: failure, isUrgent: true }))
  }

  #goOnExpiring(message: string): void {
    // What is old is delivered if it can be.
    if (this.#circuit.isHealthy) this.#expiring = undefined
    else if (this.parts.clock.monotonic() - this.#expired >= EXPIRE_MS && !this.parts.isBlocked()) {
      this.#reading(() => this.#expire(message))
    }
  }

  /**
   * Turns what is too old into dead letters, of what failed and of what waits: as much as can be written soon. The rest
   * follows once that is written; what must not become a dead letter stays, and is delivered if that is possible again.
   */
  #expire(message: string): void {
    const { backlog, isBlocked } = this.parts
    this.#expiring = message
    this.#expired = this.parts.clock.monotonic()
    this.#isExpiryHeldUp = false
    let room = MAX_EXPIRED
    for (const retry of this.#retries.drain()) {
      const batch = room > 0 ? this.#withoutExpired(retry.batch, message) : retry.batch
      room -= retry.batch.count - batch.count
      this.#retries.add({ ...retry, batch })
    }
    while (room > 0) {
      const oldest = backlog.oldestRow()
      if (oldest === undefined || !this.#isTooOld(oldest)) {
        if (!this.#isExpiryHeldUp) this.#expiring = undefined
        return
      }
      const batch = isBlocked() ? undefined : backlog.take()
      if (batch === undefined) return
      const rest = this.#withoutExpired(batch, message)
      room -= batch.count - rest.count
      this.#retries.add({ batch: rest, failures: 0, due: 0 })
    }
  }

  readonly #isTooOld = (row: WrittenRow): boolean => this.parts.ages.isOlder(row, this.settings.maxAgeMs)

  #withoutExpired(batch: Batch<Row>, message: string): Batch<Row> {
    const { expired, rest } = splitExpired(batch, this.#isTooOld)
    if (expired.count === 0) return batch
    if (this.parts.isBlocked()) {
      this.#isExpiryHeldUp = true
      return batch
    }
    this.#deadLetter({ batch: expired, reason: 'too-old', message: `older than queue.maxAge; last: ${message}` })
    return rest
  }

  #deadLetter(dead: DeadBatch): void {
    const { batch, reason, message } = dead
    this.parts.report.deadLettered(batch.count, reason, message)
    this.parts.acknowledge(this.parts.backlog.finish(batch), dead)
  }

  /** Puts what was given up among what is sent again. */
  #sendAgain(abandoned: readonly Retry[]): void {
    for (const retry of abandoned) {
      this.parts.backlog.abandon(retry.batch)
      this.#retries.add({ ...retry, due: 0 })
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
