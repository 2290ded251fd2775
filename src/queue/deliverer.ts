import { errorMessage } from '../errors/error-message.ts'
import type { Exporter } from '../component/exporter.ts'
import { ExportError } from '../component/export-error.ts'
import { type Batch, documentsOf, pickFromBatch } from '../component/batch.ts'
import { MAX_BATCH } from '../segment/limits.ts'
import type { Events } from '../telemetry/events.ts'
import type { Backlog, Row } from './backlog.ts'
import type { DeadLetter, DeathReason } from './dead-letters.ts'
import { type Retry, RetryList } from './retry-list.ts'
import { SendWindow } from './send-window.ts'

/** How delivery goes about it. */
export interface DeliverSettings {
  /** Requests in flight at most. */
  readonly concurrency: number
  /** How long a batch that is not full waits for more, in milliseconds. */
  readonly batchWaitMs: number
  /** Documents older than this, in milliseconds, become dead letters when they fail. */
  readonly maxAgeMs: number
  /** The first and the longest pause after a failure, in milliseconds. */
  readonly backOff: { readonly firstMs: number; readonly longestMs: number }
}

/** Tells the spool what it need not keep any more. */
export interface Settled {
  (rows: readonly number[], dead: readonly DeadLetter[]): void
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
const MOST_RETRIES = 256
/** How often it is said again that delivery fails, in milliseconds: if a person must act, and else. */
const REMIND_MS = { urgent: 60_000, other: 300_000 }

/**
 * Sends the backlog. One circuit for the destination: after a failure everything waits, then a single request tries
 * whether it is back, so that an outage costs next to nothing. What failed and what is new take turns, so that neither
 * holds up the other.
 */
export class Deliverer {
  readonly #abort = new AbortController()
  readonly #retries = new RetryList()
  readonly #window: SendWindow
  #inFlight = 0
  #inFlightDocuments = 0
  #failures = 0
  #throttles = 0
  #failingSince = 0
  #reminded = 0
  #pausedUntil = 0
  #isRetryNext = false
  #isFlushing = false
  #timer: ReturnType<typeof setTimeout> | undefined
  /** When the timer goes off, by the monotonic clock. */
  #wakesAt = 0
  #idle: (() => void) | undefined

  constructor(
    private readonly backlog: Backlog,
    private readonly exporter: Exporter,
    public settings: DeliverSettings,
    private readonly events: Events,
    private readonly settled: Settled,
  ) {
    this.#window = new SendWindow(settings.concurrency)
  }

  /** True if nothing waits, and nothing is in flight. */
  get isDone(): boolean {
    return this.#inFlight === 0 && this.#retries.length === 0 && this.backlog.documents === 0
  }

  /** True while the destination takes what it is sent. */
  get isHealthy(): boolean {
    return this.#failures === 0
  }

  /** Documents that are not delivered yet. */
  get documents(): number {
    return this.backlog.documents + this.#retries.documents + this.#inFlightDocuments
  }

  get state(): DeliveryState {
    return {
      isFailing: this.#failures > 0,
      failingForMs: this.#failures > 0 ? performance.now() - this.#failingSince : 0,
      inFlight: this.#inFlight,
      limit: this.#window.limit,
      retrying: this.#retries.documents,
    }
  }

  /** Takes other settings, from now on. */
  configure(settings: DeliverSettings): void {
    this.settings = settings
    this.#window.most = settings.concurrency
    // What was set may be what delivery waited for.
    this.#pausedUntil = 0
    this.pump()
  }

  /** Sends what can be sent now, and sees to it that the rest has its turn. */
  pump(): void {
    if (this.#abort.signal.aborted) return
    // Pauses go by a clock that nobody can set.
    const pause = this.#pausedUntil - performance.now()
    if (pause > 0) return this.#wakeIn(pause)
    const now = Date.now()
    const room = this.#failures > 0 ? 1 : this.#window.limit
    while (this.#inFlight < room) {
      const next = this.#next(now)
      if (next === undefined) break
      void this.#send(next)
    }
    const due = this.#retries.nextDue
    if (due !== undefined && this.#inFlight < room) this.#wakeIn(due - performance.now())
    if (this.isDone) this.#idle?.()
  }

  /** What failed and what is new, in turn. */
  #next(now: number): Retry | undefined {
    this.#isRetryNext = !this.#isRetryNext
    if (this.#isRetryNext || this.#retries.length > MOST_RETRIES) {
      return this.#retries.take(performance.now()) ?? this.#fresh(now)
    }
    return this.#fresh(now) ?? this.#retries.take(performance.now())
  }

  #fresh(now: number): Retry | undefined {
    const { documents } = this.backlog
    if (documents === 0 || this.#retries.length > MOST_RETRIES) return undefined
    if (documents < MAX_BATCH && !this.#isFlushing) {
      const { batchWaitMs } = this.settings
      const due = (this.backlog.oldest() ?? now) + batchWaitMs
      // A clock that was set back must not hold up what waits.
      if (due > now && due - now <= batchWaitMs) {
        this.#wakeIn(due - now)
        return undefined
      }
    }
    const batch = this.backlog.take()
    return batch === undefined ? undefined : { batch, failures: 0, due: 0 }
  }

  async #send(retry: Retry): Promise<void> {
    const { batch } = retry
    this.#inFlight++
    this.#inFlightDocuments += batch.count
    try {
      await this.exporter.send(batch, this.#abort.signal)
      this.#succeeded(batch)
    } catch (error) {
      if (this.#abort.signal.aborted) this.#retries.add(batch, retry.failures, 0)
      else this.#failed(retry, error)
    } finally {
      this.#inFlight--
      this.#inFlightDocuments -= batch.count
      this.pump()
    }
  }

  #succeeded(batch: Batch<Row>): void {
    this.#recover()
    this.#window.succeeded()
    this.events.sent(batch.count)
    this.settled(this.backlog.finish(batch), [])
  }

  #recover(): void {
    if (this.#failures > 0) this.events.deliveryRecovered(performance.now() - this.#failingSince, this.documents)
    this.#failures = this.#throttles = 0
  }

  #failed(retry: Retry, error: unknown): void {
    const failure = error instanceof ExportError
      ? error
      : new ExportError('retryable', errorMessage(error), { cause: error })
    if (failure.kind === 'partial') this.#partlyFailed(retry, failure)
    else if (failure.kind === 'permanent') this.#refused(retry.batch, failure)
    else this.#failedForNow(retry, failure)
  }

  #failedForNow({ batch, failures }: Retry, failure: ExportError): void {
    this.events.retried(batch.count, failure.isThrottle ? 'throttled' : 'failed')
    // Several requests fail together: they count as one failure, and the pause of the first one holds for all.
    if (performance.now() >= this.#pausedUntil) this.#pause(failure)
    this.#retries.add(batch, failures + 1, performance.now() + this.#backOff(failures))
    this.#sweep(failure.message)
  }

  #pause(failure: ExportError): void {
    const now = performance.now()
    this.events.deliveryFailed(failure.message)
    // While less at a time helps, the destination is not away.
    const isSlowed = failure.isThrottle && this.#window.limit > 1
    if (failure.isThrottle) {
      this.#throttles++
      this.#window.throttled(now)
      this.events.throttled(this.#window.limit, failure.message)
    }
    const tries = isSlowed ? this.#throttles - 1 : this.#failures
    if (!isSlowed) this.#noteFailure(failure, now)
    this.#pausedUntil = now + Math.max(failure.retryAfterMs ?? 0, this.#backOff(tries))
  }

  #noteFailure({ message, isUrgent }: ExportError, now: number): void {
    if (this.#failures++ === 0) {
      this.#failingSince = this.#reminded = now
      this.events.deliveryFailing(message, isUrgent)
    } else if (now - this.#reminded >= (isUrgent ? REMIND_MS.urgent : REMIND_MS.other)) {
      this.#reminded = now
      this.events.deliveryStillFailing(message, isUrgent, now - this.#failingSince, this.documents)
    }
  }

  /** A random pause that grows with the failures before it (full jitter), in milliseconds. */
  #backOff(failures: number): number {
    const { firstMs, longestMs } = this.settings.backOff
    return Math.random() * Math.min(longestMs, firstMs * 2 ** Math.min(failures, 16))
  }

  /** Buries what is too old of a batch that failed; gives the rest. */
  #buryOld(batch: Batch<Row>, message: string): Batch<Row> {
    const oldest = Date.now() - this.settings.maxAgeMs
    const old: number[] = []
    let at = 0
    for (const { block, from, to } of batch.parts) {
      for (let i = from; i < to; i++, at++) if (block.created < oldest) old.push(at)
    }
    if (old.length === 0) return batch
    this.#bury(pickFromBatch(batch, old), 'too-old', `older than queue.maxAge; last: ${message}`)
    return pickFromBatch(batch, missing(batch.count, old))
  }

  /** Buries what is too old of what waits, here and in the backlog. */
  #sweep(message: string): void {
    for (const { batch, failures, due } of this.#retries.drain()) {
      this.#retries.add(this.#buryOld(batch, message), failures, due)
    }
    const oldest = Date.now() - this.settings.maxAgeMs
    while ((this.backlog.oldest() ?? oldest) < oldest) {
      const batch = this.backlog.take()
      if (batch === undefined) return
      const young = this.#buryOld(batch, message)
      this.#retries.add(young, 0, 0)
    }
  }

  /** The destination took a part: the rest is sent again, or buried, each by its code. */
  #partlyFailed({ batch, failures }: Retry, failure: ExportError): void {
    this.#recover()
    const failed = new Map(failure.failed.map((document) => [document.index, document]))
    const taken = missing(batch.count, [...failed.keys()])
    this.events.sent(taken.length)
    this.settled(this.backlog.finish(pickFromBatch(batch, taken)), [])
    for (const { code } of failed.values()) this.events.unprocessed(code)
    const again = [...failed.values()].filter((document) => document.isRetryable).map((document) => document.index)
    if (again.length > 0) {
      this.events.retried(again.length, 'unprocessed')
      const rest = pickFromBatch(batch, again.sort((a, b) => a - b))
      const young = this.#buryOld(rest, failure.message)
      this.#retries.add(young, failures + 1, performance.now() + this.#backOff(failures))
    }
    for (const { index, isRetryable, reason } of failed.values()) {
      if (!isRetryable) this.#bury(pickFromBatch(batch, [index]), 'unprocessed', reason)
    }
  }

  /** The destination refused the batch: it is halved until the bad document stands alone. */
  #refused(batch: Batch<Row>, failure: ExportError): void {
    this.#recover()
    if (batch.count === 1) return this.#bury(batch, 'refused', failure.message)
    const half = batch.count >> 1
    const all = missing(batch.count, [])
    this.#retries.add(pickFromBatch(batch, all.slice(0, half)), 0, 0)
    this.#retries.add(pickFromBatch(batch, all.slice(half)), 0, 0)
  }

  #bury(batch: Batch<Row>, reason: DeathReason, message: string): void {
    const time = Date.now()
    this.events.buried(batch.count, reason, message)
    const dead = documentsOf(batch).map((document) => ({ time, reason, message, document: document.slice() }))
    this.settled(this.backlog.finish(batch), dead)
  }

  #wakeIn(ms: number): void {
    const at = performance.now() + Math.max(1, ms)
    if (this.#timer !== undefined) {
      if (this.#wakesAt <= at + 1) return
      clearTimeout(this.#timer)
    }
    this.#wakesAt = at
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.pump()
    }, Math.max(1, ms))
  }

  /** Sends what is there without waiting for more, until all is delivered or `deadline` comes. */
  async flush(deadline: AbortSignal): Promise<void> {
    this.#isFlushing = true
    clearTimeout(this.#timer)
    this.#timer = undefined
    await new Promise<void>((resolve) => {
      this.#idle = resolve
      deadline.addEventListener('abort', () => resolve(), { once: true })
      if (deadline.aborted) resolve()
      this.pump()
    })
  }

  /** Flushes, and sends nothing more. */
  async stop(deadline: AbortSignal): Promise<void> {
    await this.flush(deadline)
    clearTimeout(this.#timer)
    this.#abort.abort()
  }
}

/** The numbers below `count` that are not in `indexes`. */
function missing(count: number, indexes: readonly number[]): number[] {
  const gone = new Set(indexes)
  return Array.from({ length: count }, (_, i) => i).filter((i) => !gone.has(i))
}
