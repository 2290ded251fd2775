import { isDeepStrictEqual } from 'node:util'
import type { Settings } from '../config/schema.ts'
import type { Next, Receiver, RunningReceiver } from '../component/receiver.ts'
import { InFlightBytes } from '../component/in-flight-bytes.ts'
import { receivers } from '../receive/receivers.ts'
import type { Events } from '../telemetry/events.ts'

interface Running {
  readonly own: unknown
  readonly isUnanswered: boolean
  readonly receiver: RunningReceiver
}

/** Connections of a receiver that is replaced have so long to end, in milliseconds. */
const REPLACE_MS = 2000

/** The receivers that run. */
export class ReceiverSet {
  readonly #running = new Map<string, Running>()

  readonly #inFlight: InFlightBytes

  /** @param maxInFlight bytes of requests that may be arriving at once */
  constructor(
    private readonly nextOf: (name: string) => Next,
    private readonly events: Events,
    maxInFlight: number,
  ) {
    this.#inFlight = new InFlightBytes(maxInFlight)
  }

  /** Where each receiver listens, by its name. */
  get addresses(): Record<string, string> {
    return Object.fromEntries([...this.#running].map(([name, { receiver }]) => [name, receiver.address]))
  }

  /**
   * Starts, stops and replaces receivers until they are as set; those whose settings did not change are left alone.
   *
   * @returns what was done, a phrase each
   * @throws {Error} if one cannot listen; those before it have changed
   */
  async apply(settings: Settings): Promise<string[]> {
    const done: string[] = []
    for (const [receiver, own] of all(settings)) {
      const old = this.#running.get(receiver.name)
      if (old === undefined ? own === false : isDeepStrictEqual(old.own, own)) continue
      if (old !== undefined) {
        this.#running.delete(receiver.name)
        await old.receiver.stop(AbortSignal.timeout(REPLACE_MS))
      }
      if (own !== false) await this.#start(receiver, own)
      done.push(`${receiver.name} ${own === false ? 'stopped' : old === undefined ? 'started' : 'replaced'}`)
    }
    return done
  }

  async #start(receiver: Receiver, own: unknown): Promise<void> {
    const { name } = receiver
    const started = await receiver.start(own, this.nextOf(name), { events: this.events, inFlight: this.#inFlight })
    this.#running.set(name, { own, isUnanswered: receiver.isUnanswered === true, receiver: started })
    this.events.listening(name, started.address)
  }

  /** Stops those whose clients get an answer, or the others. */
  async stop(which: 'answered' | 'unanswered', deadline: AbortSignal): Promise<void> {
    const chosen = [...this.#running].filter(([, { isUnanswered }]) => isUnanswered === (which === 'unanswered'))
    for (const [name] of chosen) this.#running.delete(name)
    await Promise.all(chosen.map(([, { receiver }]) => receiver.stop(deadline)))
  }
}

/** One more of a kind. */
function named(receiver: Receiver, i: number): Receiver {
  return { ...receiver, name: `${receiver.name}.${i + 2}` }
}

/** Every receiver with its settings; `false` if it is off. */
function all({ receive }: Settings): [Receiver, unknown][] {
  return [
    [receivers.otlpGrpc, receive.otlp.grpc],
    [receivers.otlpHttp, receive.otlp.http],
    ...receive.otlp.also.flatMap(({ grpc, http }, i): [Receiver, unknown][] => [
      [named(receivers.otlpGrpc, i), grpc],
      [named(receivers.otlpHttp, i), http],
    ]),
    [receivers.xrayUdp, receive.xray.udp],
    [receivers.xrayProxy, receive.xray.proxy],
  ]
}
