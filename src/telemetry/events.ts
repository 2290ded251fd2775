import { errorMessage } from '../errors/error-message.ts'
import { Counters, type Outcome } from './counters.ts'
import { Problems, type Stage } from './problems.ts'
import { RateLimit } from './rate-limit.ts'

/** Where events are written; a logger of any library has this form. */
export interface LogSink {
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

/**
 * Everything that can happen in an agent, a function each: it logs and counts in one place. ERROR: data was lost or a
 * person must act. WARN: something was amiss and is dealt with. INFO: once per start, stop or change.
 */
export class Events {
  readonly counters = new Counters()
  /** Warnings and errors of late, one a kind. */
  readonly problems = new Problems()
  /** The last failure of delivery; undefined if there was none. */
  lastFailure: { readonly time: number; readonly message: string } | undefined
  readonly #limits = new Map<string, RateLimit>()

  constructor(public log: LogSink) {}

  /** Logs what was amiss, and keeps it for those who look. @param times how often it happened since it was last told */
  #tell(level: 'warn' | 'error', stage: Stage, kind: string, message: string, times = 1): void {
    this.log[level](message)
    this.problems.add({ level, stage, kind, message, times })
  }

  /** {@link Events.#tell} at most once in a while. */
  #limited(
    level: 'warn' | 'error',
    stage: Stage,
    kind: string,
    message: (times: string) => string,
    everyMs = 1000,
  ): void {
    let limit = this.#limits.get(kind)
    if (limit === undefined) this.#limits.set(kind, limit = new RateLimit(everyMs))
    limit.run((times) => this.#tell(level, stage, kind, message(times === 1 ? '' : ` (${times} times)`), times))
  }

  listening(name: string, address: string): void {
    this.log.info(`Listening: ${name} on ${address}`)
  }

  /** Something of a config of another program means nothing here. */
  noted(what: string): void {
    this.log.warn(what)
  }

  /** The agent goes on without its admin port. */
  adminFailed(error: unknown): void {
    this.#tell(
      'error',
      'config',
      'adminFailed',
      `${errorMessage(error)}; the agent goes on without status, metrics and page`,
    )
  }

  started(what: string): void {
    this.log.info(what)
  }

  stopping(seconds: number): void {
    this.log.info(`Stopping: delivering what waits for at most ${seconds} s; a second signal stops at once`)
  }

  stopped(left: number): void {
    const { received, sent } = this.counters
    const rest = left === 0 ? 'nothing is left to deliver' : `${left} documents stay in the spool for the next start`
    this.log.info(`Stopped: ${received.total} received, ${sent} documents delivered, ${rest}`)
  }

  spoolFound(documents: number, bytes: number): void {
    this.log.info(`Found ${documents} documents (${bytes} bytes) of an earlier run in the spool; delivering them`)
  }

  spoolFailed(error: unknown, documents: number): void {
    const why = `${errorMessage(error)}; ${documents} documents were not acknowledged. Is the disk full?`
    this.#limited('error', 'queue', 'spoolFailed', (times) => `Cannot write the spool${times}: ${why}`)
  }

  spoolSetAside(aside: { file: string; saved: number; unreadable: number | undefined }, cause: unknown): void {
    const { file, saved, unreadable } = aside
    const rest = unreadable === undefined ? 'what else it holds cannot be told' : `${unreadable} cannot be read`
    this.#tell(
      'error',
      'queue',
      'spoolSetAside',
      `The spool is damaged (${errorMessage(cause)}) and was moved to "${file}"; ` +
        `${saved} blocks of documents were read of it and go on, ${rest}. A new spool is in use`,
    )
  }

  spoolElsewhere(dir: string, cause: unknown): void {
    const where = dir === ':memory:'
      ? 'memory is used instead, and what waits is lost when the agent ends'
      : `"${dir}" is used instead`
    this.#tell(
      'error',
      'queue',
      'spoolElsewhere',
      `${errorMessage(cause)}; ${where}. Make queue.dir writable, and restart`,
    )
  }

  /** @param from who sent it, as far as that is known */
  received(count: number, name: string, from: string): void {
    this.counters.received.add(count, name)
    this.counters.senders.add(count, from)
  }

  refused(name: string, count: number, reason: string, from: string): void {
    this.counters.refused.add(count, name)
    this.#limited('warn', 'receive', 'refused', (times) => `Refused from ${from}${times}: ${reason}`)
  }

  requestFailed(name: string, reason: string): void {
    this.counters.failedRequests.add(1, name)
    this.#limited('warn', 'receive', name, (times) => `${name}: answered with an error${times}: ${reason}`)
  }

  queued(count: number, cut: number): void {
    this.counters.queued += count
    this.counters.cut += cut
    if (cut === 0) return
    this.#limited(
      'warn',
      'translate',
      'cut',
      (times) => `Cut ${cut} documents to fit into 64 KB${times}; see metadata otel.cut`,
    )
  }

  sent(count: number): void {
    this.counters.sent += count
  }

  requested(outcome: Outcome, ms: number): void {
    this.counters.requests.add(1, outcome)
    this.counters.latency.add(ms / 1000)
  }

  retried(count: number, why: 'failed' | 'throttled' | 'unprocessed'): void {
    this.counters.retried.add(count, why)
  }

  unprocessed(code: string): void {
    this.counters.unprocessed.add(1, code)
  }

  deliveryFailed(message: string): void {
    this.lastFailure = { time: Date.now(), message }
  }

  deliveryFailing(reason: string, isUrgent: boolean): void {
    const text = `Delivery fails: ${reason}. What arrives is kept, and sent once it passes`
    this.#tell(isUrgent ? 'error' : 'warn', 'export', 'deliveryFailing', text)
  }

  deliveryStillFailing(reason: string, isUrgent: boolean, forMs: number, waiting: number): void {
    const text = `Delivery still fails after ${(forMs / 1000).toFixed(0)} s: ${reason}. ${waiting} documents wait`
    this.#tell(isUrgent ? 'error' : 'warn', 'export', 'deliveryFailing', text)
  }

  deliveryRecovered(afterMs: number, waiting: number): void {
    this.log.info(`Delivery works again after ${(afterMs / 1000).toFixed(1)} s; ${waiting} documents wait`)
  }

  throttled(limit: number, reason: string): void {
    this.#limited(
      'warn',
      'export',
      'throttled',
      (times) => `Delivery is slowed to ${limit} requests at a time${times}: ${reason}`,
      60_000,
    )
  }

  buried(count: number, reason: string, message: string): void {
    this.counters.dead.add(count, reason)
    this.#limited(
      'error',
      'export',
      'buried ' + reason,
      (times) => `${count} documents became dead letters${times}: ${message}; see rontgen dead-letters list`,
    )
  }

  deadLettersTrimmed(count: number): void {
    this.counters.dropped.add(count, 'dead-letters-full')
    this.#limited(
      'error',
      'queue',
      'trimmed',
      (times) => `Dropped the ${count} oldest dead letters${times}: over queue.maxDeadLetters`,
    )
  }

  lost(count: number, why: 'spool' | 'queue-full' | 'translate', reason: string): void {
    this.counters.dropped.add(count, why)
    this.#limited('error', 'queue', 'lost', (times) => `Lost ${count} UDP documents${times}: ${reason}`)
  }

  reloaded(changes: readonly string[]): void {
    this.log.info(
      changes.length === 0 ? 'Reloaded: the config is as it was' : `Reloaded: ${changes.join(', ')}`,
    )
  }

  reloadFailed(reason: string): void {
    this.#tell('error', 'config', 'reloadFailed', `Cannot reload, so the config stays as it was: ${reason}`)
  }

  storeFailed(error: unknown): void {
    this.#limited('error', 'export', 'store', (times) => `The local store failed${times}: ${errorMessage(error)}`)
  }

  telemetryFailed(reason: string): void {
    this.log.debug(`Cannot send telemetry records: ${reason}`)
  }

  kernelDropped(count: number): void {
    this.counters.dropped.add(count, 'kernel')
    this.#tell(
      'error',
      'receive',
      'kernelDropped',
      `The kernel dropped ${count} datagrams: the receive buffer was full; raise receive.xray.udp.receiveBuffer and net.core.rmem_max`,
    )
  }

  proxied(path: string, status: number): void {
    this.log.debug(`Proxied ${path}: ${status}`)
  }

  proxyFailed(path: string, reason: string, served: string): void {
    this.#limited(
      'warn',
      'receive',
      'proxy ' + path,
      (times) => `Cannot pass ${path} to X-Ray${times}: ${reason}; ${served}`,
    )
  }
}
