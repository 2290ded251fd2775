import { isDeepStrictEqual } from 'node:util'
import { InFlightBytes } from '../component/in-flight-bytes.ts'
import type { Next, Receiver, RunningReceiver } from '../component/receiver.ts'
import type { ReceiverInstance } from '../config/receiver-instances.ts'
import { isLoopback } from '../net/loopback-host.ts'
import type { Events } from '../telemetry/events.ts'
import type { ReceiverReport } from '../telemetry/receiver-report.ts'

interface RunningInstance {
  readonly receiver: Receiver
  readonly settings: object
  readonly running: RunningReceiver
  /** Aborts when the receiver is asked to stop. */
  readonly stopping: AbortController
}

/** A running receiver, for the status. */
export interface ListeningReceiver {
  readonly name: string
  readonly label: string
  readonly transport: 'tcp' | 'udp'
  readonly address: string
}

/** Connections of a receiver that is replaced have this long to end, in milliseconds. */
const REPLACE_MS = 2000

/** True if a receiver runs with these settings, and with the certificates that its files have now. */
function isCurrent({ settings, running }: RunningInstance, wanted: object | false): boolean {
  return isDeepStrictEqual(settings, wanted) && running.hasNewCertificates?.() !== true
}

/** The receivers that run. */
export class ReceiverSet {
  readonly #running = new Map<string, RunningInstance>()
  readonly #inFlight: InFlightBytes

  /**
   * @param nextOf returns what a receiver passes its data to
   * @param maxInFlight bytes of requests that may be arriving at once
   */
  constructor(
    private readonly nextOf: (report: ReceiverReport) => Next,
    private readonly events: Events,
    maxInFlight: number,
  ) {
    this.#inFlight = new InFlightBytes(maxInFlight)
  }

  /** The receivers that run. */
  get listening(): ListeningReceiver[] {
    return [...this.#running].map(([name, { receiver: { label, transport }, running }]) => ({
      name,
      label,
      transport,
      address: running.address,
    }))
  }

  /**
   * Starts, stops and replaces receivers so that they match the config. Those whose settings did not change are left alone.
   *
   * @returns what was done, one phrase each
   * @throws {Error} if one cannot listen; those before it have changed
   */
  async apply(instances: readonly ReceiverInstance[]): Promise<string[]> {
    const changes: string[] = []
    const removed = [...this.#running.keys()].filter((name) => instances.every((instance) => instance.name !== name))
    for (const name of removed) {
      await this.#stop(name, AbortSignal.timeout(REPLACE_MS))
      changes.push(`${name} stopped`)
    }
    for (const { name, receiver, settings } of instances) {
      const known = this.#running.get(name)
      if (known === undefined ? settings === false : isCurrent(known, settings)) continue
      if (known !== undefined) await this.#stop(name, AbortSignal.timeout(REPLACE_MS))
      if (settings !== false) await this.#start(name, receiver, settings)
      changes.push(`${name} ${settings === false ? 'stopped' : known === undefined ? 'started' : 'replaced'}`)
    }
    return changes
  }

  async #start(name: string, receiver: Receiver, settings: object): Promise<void> {
    const report = this.events.receiver(name)
    const stopping = new AbortController()
    const context = { report, inFlight: this.#inFlight, signal: stopping.signal }
    const running = await receiver.start(settings, this.nextOf(report), context)
    this.#running.set(name, { receiver, settings, running, stopping })
    this.events.listening(name, running.address)
    if (!isLoopback(running.address.replace(/:\d+$/, '')) && !('tls' in settings && settings.tls !== undefined)) {
      this.events.openToNetwork(name, running.address)
    }
  }

  async #stop(name: string, deadline: AbortSignal): Promise<void> {
    const instance = this.#running.get(name)
    if (instance === undefined) return
    this.#running.delete(name)
    instance.stopping.abort()
    await instance.running.stop(deadline)
  }

  /** Stops the receivers whose clients wait for answers, or the others. */
  async stop(which: 'answered' | 'unanswered', deadline: AbortSignal): Promise<void> {
    const chosen = [...this.#running].filter(([, { receiver }]) =>
      (receiver.isUnanswered === true) === (which === 'unanswered')
    )
    await Promise.all(chosen.map(([name]) => this.#stop(name, deadline)))
  }
}
