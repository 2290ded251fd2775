import { type Counters, ExporterCounters, type RequestOutcome } from './counters.ts'
import { formatBytes } from '../bytes/format-bytes.ts'
import { countNoun } from './count-noun.ts'
import { type EventLog, repeated } from './event-log.ts'

/** It is logged at most once in this time whether the queue is full, in milliseconds. */
const FULL_INTERVAL_MS = 10_000
/** And whether there must not be more dead letters, in milliseconds. */
const DEAD_LETTERS_FULL_MS = 60_000

/** What an exporter and its lane of the queue report. It is bound to the exporter's name in the config. */
export class ExporterReport {
  readonly counters = new ExporterCounters()
  /** The last failure of delivery; undefined if there was none. `time` is in Unix milliseconds. */
  lastFailure: { readonly time: number; readonly message: string } | undefined

  /** When it was last logged that there must not be more dead letters, by the monotonic clock. */
  #fullOfDeadLetters = -Infinity
  #isFull = false
  #isLoggedFull = false
  #fullSince = 0

  /** @param agent what the agent counts besides its exporters */
  constructor(readonly name: string, readonly agent: Readonly<Counters>, private readonly events: EventLog) {}

  /** A request to the backend ended. @param ms how long it took, in milliseconds */
  requested(outcome: RequestOutcome, ms: number): void {
    this.counters.requests.add(1, outcome)
    this.counters.latency.add(ms / 1000)
  }

  /** Documents were delivered. */
  sent(count: number): void {
    this.counters.sent += count
  }

  /** Documents are sent again. */
  retried(count: number, why: 'failed' | 'throttled' | 'unprocessed'): void {
    this.counters.retried.add(count, why)
  }

  /** The backend did not process a document. @param code the backend's own */
  unprocessed(code: string): void {
    this.counters.unprocessed.add(1, code)
  }

  /** What is delivered to has been replaced: what failed before did not fail there. */
  senderReplaced(): void {
    this.lastFailure = undefined
    this.events.problems.remove(`${this.name} failing`)
  }

  /** A batch was not delivered. */
  deliveryFailed(message: string): void {
    this.lastFailure = { time: this.events.clock.wall(), message }
  }

  /** Delivery fails from now on. @param isUrgent whether it does not pass until a person acts */
  deliveryFailing(reason: string, isUrgent: boolean): void {
    const text = `Delivery to ${this.name} fails: ${reason}. Incoming data is queued and sent once delivery recovers`
    this.events.problem(isUrgent ? 'error' : 'warn', 'export', `${this.name} failing`, text)
  }

  /** Delivery has been failing for `forMs` milliseconds. @param waiting documents that wait */
  deliveryStillFailing(reason: string, isUrgent: boolean, forMs: number, waiting: number): void {
    const seconds = (forMs / 1000).toFixed(0)
    const text = `Delivery to ${this.name} still fails after ${seconds} s: ${reason}. ${documentsWait(waiting)}`
    this.events.problem(isUrgent ? 'error' : 'warn', 'export', `${this.name} failing`, text)
  }

  /** Delivery works again. */
  deliveryRecovered(afterMs: number, waiting: number): void {
    const seconds = (afterMs / 1000).toFixed(1)
    this.events.sink.info(`Delivery to ${this.name} works again after ${seconds} s; ${documentsWait(waiting)}`)
  }

  /** The backend asks for less at a time. @param limit requests in flight from now on */
  throttled(limit: number, reason: string): void {
    this.events.repeatedProblem({
      level: 'warn',
      stage: 'export',
      kind: `${this.name} throttled`,
      message: (count, when) =>
        when === ''
          ? `Delivery to ${this.name} is limited to ${countNoun(limit, 'request')} in flight: ${reason}`
          : `Delivery to ${this.name} was throttled ${countNoun(count, 'time')}${when}, down to ` +
            `${countNoun(limit, 'request')} in flight: ${reason}`,
      minIntervalMs: 60_000,
    })
  }

  /** Documents became dead letters. */
  deadLettered(count: number, reason: string, message: string): void {
    this.counters.deadLettered.add(count, reason)
    this.events.repeatedProblem({
      level: 'error',
      stage: 'export',
      kind: `${this.name} dead letter ${reason}`,
      count,
      message: (sum, when) => {
        const became = sum === 1 ? '1 document became a dead letter' : `${sum} documents became dead letters`
        return `${this.name}: ${became}${when}: ${message}; see rontgen dead-letters list`
      },
    })
  }

  /** The oldest dead letters went, as there are too many. */
  deadLettersDropped(count: number): void {
    this.counters.dropped.add(count, 'dead-letters-full')
    this.events.repeatedProblem({
      level: 'error',
      stage: 'queue',
      kind: `${this.name} dead letters full`,
      count,
      message: (sum, when) =>
        `${this.name}: dropped ${theOldest(sum, 'dead letter')}${when}: over queue.maxDeadLetters`,
    })
  }

  /** There must not be more dead letters. @param bytes those that are kept */
  deadLettersFull(bytes: number): void {
    const now = this.events.clock.monotonic()
    if (now - this.#fullOfDeadLetters < DEAD_LETTERS_FULL_MS) return
    this.#fullOfDeadLetters = now
    const message =
      `${this.name}: ${formatBytes(bytes)} of dead letters are kept (queue.maxDeadLetters), so what would ` +
      'become one stays in the queue and is sent again; make room by rontgen dead-letters retry or drop'
    this.events.problem('error', 'queue', `${this.name} no more dead letters`, message)
  }

  /** The oldest waiting documents went, as the queue is full and `whenFull` is `drop-oldest`. */
  oldestDropped(count: number): void {
    this.counters.dropped.add(count, 'queue-full')
    this.events.repeatedProblem({
      level: 'error',
      stage: 'queue',
      kind: `${this.name} full`,
      count,
      message: (sum, when) =>
        `${this.name}: dropped ${theOldest(sum, 'waiting document')}${when}: over queue.maxBytes, and whenFull is ` +
        'drop-oldest',
    })
  }

  /** The queue is full from now on, and `whenFull` is `push-back`, or it has room again. @param bytes those that wait */
  queueFull(isFull: boolean, bytes: number): void {
    const now = this.events.clock.monotonic()
    const afterSeconds = ((now - this.#fullSince) / 1000).toFixed(0)
    this.#isFull = isFull
    if (isFull === this.#isLoggedFull) return
    if (isFull) this.#fullSince = now
    const message = isFull
      ? `${this.name}: the queue is full: ${formatBytes(bytes)} wait (queue.maxBytes); ` +
        'clients get 503 or UNAVAILABLE, and try again'
      : `${this.name}: the queue has room again after ${afterSeconds} s`
    this.events.limited(`${this.name} queue full`, 1, () => this.#logFull(isFull, message), FULL_INTERVAL_MS)
  }

  /** Logs it unless it has changed again meanwhile. */
  #logFull(isFull: boolean, message: string): void {
    if (isFull !== this.#isFull) return
    this.#isLoggedFull = isFull
    if (isFull) this.events.problem('warn', 'queue', `${this.name} queue full`, message)
    else this.events.sink.info(message)
  }

  /** Something besides a delivery failed, and the exporter deals with it. @param kind groups what repeats */
  problem(level: 'warn' | 'error', kind: string, message: string): void {
    this.events.repeatedProblem({
      level,
      stage: 'export',
      kind: `${this.name} ${kind}`,
      message: (count, when) => `${this.name}: ${message}${repeated(count, when)}`,
    })
  }

  debug(message: string): void {
    this.events.sink.debug(`${this.name}: ${message}`)
  }
}

function theOldest(count: number, noun: string): string {
  return count === 1 ? `the oldest ${noun}` : `the ${count} oldest ${noun}s`
}

function documentsWait(count: number): string {
  return `${countNoun(count, 'document')} ${count === 1 ? 'waits' : 'wait'}`
}
