import type { Exporter } from '../export/exporter.ts'
import { ExportError } from '../export/export-error.ts'
import { type Batch, documentsOf, pickFromBatch } from '../segment/batch.ts'
import { MAX_BATCH } from '../segment/limits.ts'
import type { Events } from '../telemetry/events.ts'
import type { Backlog, Row } from './backlog.ts'
import type { DeadLetter } from './spool.ts'

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

/**
 * Sends the backlog. One circuit for the destination: after a failure everything waits, then a single request tries
 * whether it is back, so that an outage costs next to nothing.
 */
export class Deliverer {
  readonly #abort = new AbortController()
  readonly #retries: Batch<Row>[] = []
  #inFlight = 0
  #failures = 0
  #failingSince = 0
  #pausedUntil = 0
  #isFlushing = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #idle: (() => void) | undefined

  constructor(
    private readonly backlog: Backlog,
    private readonly exporter: Exporter,
    private readonly settings: DeliverSettings,
    private readonly events: Events,
    private readonly settled: Settled,
  ) {}

  /** True if nothing waits, and nothing is in flight. */
  get isDone(): boolean {
    return this.#inFlight === 0 && this.#retries.length === 0 && this.backlog.documents === 0
  }

  /** True while the destination takes what it is sent. */
  get isHealthy(): boolean {
    return this.#failures === 0
  }

  /** Sends what can be sent now, and sees to it that the rest has its turn. */
  pump(): void {
    if (this.#abort.signal.aborted) return
    // Pauses go by a clock that nobody can set.
    const pause = this.#pausedUntil - performance.now()
    if (pause > 0) return this.#wakeIn(pause)
    const now = Date.now()
    const room = this.#failures > 0 ? 1 : this.settings.concurrency
    while (this.#inFlight < room) {
      const batch = this.#next(now)
      if (batch === undefined) break
      void this.#send(batch)
    }
    if (this.isDone) this.#idle?.()
  }

  #next(now: number): Batch<Row> | undefined {
    const again = this.#retries.shift()
    if (again !== undefined) return again
    const { documents } = this.backlog
    if (documents === 0) return undefined
    if (documents < MAX_BATCH && !this.#isFlushing) {
      const due = (this.backlog.oldest() ?? now) + this.settings.batchWaitMs
      // A clock that was set back must not hold up what waits.
      if (due > now && due - now <= this.settings.batchWaitMs) {
        this.#wakeIn(due - now)
        return undefined
      }
    }
    return this.backlog.take()
  }

  async #send(batch: Batch<Row>): Promise<void> {
    this.#inFlight++
    try {
      await this.exporter.send(batch, this.#abort.signal)
      this.#succeeded(batch)
    } catch (error) {
      if (this.#abort.signal.aborted) this.#retries.push(batch)
      else this.#failed(batch, error)
    } finally {
      this.#inFlight--
      this.pump()
    }
  }

  #succeeded(batch: Batch<Row>): void {
    this.#recover()
    this.events.sent(batch.count)
    this.settled(this.backlog.finish(batch), [])
  }

  #recover(): void {
    if (this.#failures > 0) {
      this.events.deliveryRecovered(performance.now() - this.#failingSince, this.backlog.documents)
    }
    this.#failures = 0
  }

  #failed(batch: Batch<Row>, error: unknown): void {
    const failure = error instanceof ExportError
      ? error
      : new ExportError('retryable', messageOf(error), { cause: error })
    if (failure.kind === 'partial') this.#partlyFailed(batch, failure)
    else if (failure.kind === 'permanent') this.#refused(batch, failure)
    else this.#failedForNow(batch, failure)
  }

  #failedForNow(batch: Batch<Row>, failure: ExportError): void {
    this.events.retried(batch.count)
    // Several requests fail together: they count as one failure, and the pause of the first one holds for all.
    if (performance.now() >= this.#pausedUntil) this.#pause(failure)
    const old = this.#tooOld(batch)
    if (old.length > 0) this.#bury(pickFromBatch(batch, old), `older than queue.maxAge; last: ${failure.message}`)
    const young = old.length === 0 ? batch : pickFromBatch(batch, missing(batch.count, old))
    if (young.count > 0) this.#retries.push(young)
  }

  #pause(failure: ExportError): void {
    const now = performance.now()
    if (this.#failures++ === 0) {
      this.#failingSince = now
      this.events.deliveryFailing(failure.message)
    }
    const { firstMs, longestMs } = this.settings.backOff
    const ceiling = Math.min(longestMs, firstMs * 2 ** Math.min(this.#failures - 1, 16))
    this.#pausedUntil = now + Math.max(failure.retryAfterMs ?? 0, Math.random() * ceiling)
  }

  #tooOld(batch: Batch<Row>): number[] {
    const oldest = Date.now() - this.settings.maxAgeMs
    const indexes: number[] = []
    let at = 0
    for (const { block, from, to } of batch.parts) {
      for (let i = from; i < to; i++, at++) if (block.created < oldest) indexes.push(at)
    }
    return indexes
  }

  /** The destination took a part: the rest is sent again, or buried, each by its reason. */
  #partlyFailed(batch: Batch<Row>, failure: ExportError): void {
    this.#recover()
    const failed = new Map(failure.failed.map((document) => [document.index, document]))
    const taken = missing(batch.count, [...failed.keys()])
    this.events.sent(taken.length)
    this.settled(this.backlog.finish(pickFromBatch(batch, taken)), [])
    const again = [...failed.values()].filter((document) => document.isRetryable).map((document) => document.index)
    if (again.length > 0) {
      this.events.retried(again.length)
      const pause = Math.random() * this.settings.backOff.firstMs
      this.#pausedUntil = Math.max(this.#pausedUntil, performance.now() + pause)
      this.#retries.push(pickFromBatch(batch, again.sort((a, b) => a - b)))
    }
    for (const { index, isRetryable, reason } of failed.values()) {
      if (!isRetryable) this.#bury(pickFromBatch(batch, [index]), reason)
    }
  }

  /** The destination refused the batch: it is halved until the bad document stands alone. */
  #refused(batch: Batch<Row>, failure: ExportError): void {
    this.#recover()
    if (batch.count === 1) return this.#bury(batch, failure.message)
    const half = batch.count >> 1
    const all = missing(batch.count, [])
    this.#retries.push(pickFromBatch(batch, all.slice(0, half)), pickFromBatch(batch, all.slice(half)))
  }

  #bury(batch: Batch<Row>, reason: string): void {
    const time = Date.now()
    this.events.buried(batch.count, reason)
    const dead = documentsOf(batch).map((document) => ({ time, reason, document: document.slice() }))
    this.settled(this.backlog.finish(batch), dead)
  }

  #wakeIn(ms: number): void {
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.pump()
    }, Math.max(1, ms))
  }

  /** Sends what is there without waiting for more, until all is delivered or `deadline` comes. */
  async stop(deadline: AbortSignal): Promise<void> {
    this.#isFlushing = true
    clearTimeout(this.#timer)
    this.#timer = undefined
    await new Promise<void>((resolve) => {
      this.#idle = resolve
      deadline.addEventListener('abort', () => resolve(), { once: true })
      if (deadline.aborted) resolve()
      this.pump()
    })
    clearTimeout(this.#timer)
    this.#abort.abort()
  }
}

/** The numbers below `count` that are not in `indexes`. */
function missing(count: number, indexes: readonly number[]): number[] {
  const gone = new Set(indexes)
  return Array.from({ length: count }, (_, i) => i).filter((i) => !gone.has(i))
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
