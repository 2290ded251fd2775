import { type Counters, newCounters } from './counters.ts'
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
  readonly counters: Counters = newCounters()
  readonly #limits = new Map<string, RateLimit>()

  constructor(private readonly log: LogSink) {}

  #limited(name: string, act: (times: string) => void): void {
    let limit = this.#limits.get(name)
    if (limit === undefined) this.#limits.set(name, limit = new RateLimit())
    limit.run((times) => act(times === 1 ? '' : ` (${times} times)`))
  }

  listening(name: string, address: string): void {
    this.log.info(`Listening: ${name} on ${address}`)
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
    this.log.info(`Stopped: ${received} received, ${sent} documents delivered, ${rest}`)
  }

  spoolFound(documents: number, bytes: number): void {
    this.log.info(`Found ${documents} documents (${bytes} bytes) of an earlier run in the spool; delivering them`)
  }

  spoolFailed(error: unknown, documents: number): void {
    this.#limited('spoolFailed', (times) => {
      this.log.error(
        `Cannot write the spool${times}: ${
          messageOf(error)
        }; ${documents} documents were not acknowledged. Is the disk full?`,
      )
    })
  }

  received(count: number): void {
    this.counters.received += count
  }

  refused(count: number, reason: string, from: string): void {
    this.counters.refused += count
    this.#limited('refused', (times) => this.log.warn(`Refused from ${from}${times}: ${reason}`))
  }

  requestFailed(name: string, reason: string): void {
    this.counters.failedRequests++
    this.#limited(name, (times) => this.log.warn(`${name}: answered with an error${times}: ${reason}`))
  }

  queued(count: number, cut: number): void {
    this.counters.queued += count
    this.counters.cut += cut
    if (cut === 0) return
    this.#limited(
      'cut',
      (times) => this.log.warn(`Cut ${cut} documents to fit into 64 KB${times}; see metadata otel.cut`),
    )
  }

  sent(count: number): void {
    this.counters.sent += count
  }

  retried(count: number): void {
    this.counters.retried += count
  }

  deliveryFailing(reason: string): void {
    this.log.warn(`Delivery fails: ${reason}. What arrives is kept, and sent once it passes`)
  }

  deliveryRecovered(afterMs: number, waiting: number): void {
    this.log.info(`Delivery works again after ${(afterMs / 1000).toFixed(1)} s; ${waiting} documents wait`)
  }

  buried(count: number, reason: string): void {
    this.counters.dead += count
    this.#limited(
      'buried ' + reason,
      (times) => this.log.error(`${count} documents became dead letters${times}: ${reason}`),
    )
  }

  lost(count: number, reason: string): void {
    this.counters.lost += count
    this.#limited('lost', (times) => this.log.error(`Lost ${count} UDP documents${times}: ${reason}`))
  }

  kernelDropped(count: number): void {
    this.counters.kernelDrops += count
    this.log.error(
      `The kernel dropped ${count} datagrams: the receive buffer was full; raise receive.xray.udp.receiveBuffer and net.core.rmem_max`,
    )
  }

  proxied(path: string, status: number): void {
    this.log.debug(`Proxied ${path}: ${status}`)
  }

  proxyFailed(path: string, reason: string, served: string): void {
    this.#limited(
      'proxy ' + path,
      (times) => this.log.warn(`Cannot pass ${path} to X-Ray${times}: ${reason}; ${served}`),
    )
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
