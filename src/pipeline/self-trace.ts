import { errorMessage } from '../errors/error-message.ts'
import type { Sender } from '../queue/requests.ts'

/** There is at most one trace of the agent itself in this time, in milliseconds. */
const INTERVAL_MS = 10_000

/** The counts that become annotations. */
interface DeliveryCounts {
  readonly documents: number
  /** Documents that wait. */
  readonly waiting: number
}

/**
 * Traces the agent's own deliveries, as X-Ray documents. They cannot loop: there is at most one in ten seconds, and the
 * delivery that carries it is over long before the next may begin.
 */
export class SelfTrace {
  #next = 0

  /**
   * @param isOn whether deliveries are traced now
   * @param nextId returns eight new bytes each time
   * @param write takes a document, UTF-8 JSON
   */
  constructor(
    private readonly version: string,
    private readonly isOn: () => boolean,
    private readonly nextId: () => Uint8Array,
    private readonly write: (document: Uint8Array) => void,
  ) {}

  /** Traces the deliveries of a sender. @param waiting returns how many documents wait for it */
  wrap(sender: Sender, waiting: () => number): Sender {
    return {
      send: (batch, signal) => {
        if (!this.isOn() || Date.now() < this.#next) return sender.send(batch, signal)
        this.#next = Date.now() + INTERVAL_MS
        return this.#trace({ documents: batch.count, waiting: waiting() }, () => sender.send(batch, signal))
      },
    }
  }

  async #trace(counts: DeliveryCounts, send: () => Promise<void>): Promise<void> {
    const start = Date.now() / 1000
    try {
      await send()
      this.#record(counts, start, undefined)
    } catch (error) {
      this.#record(counts, start, error)
      throw error
    }
  }

  #record({ documents, waiting }: DeliveryCounts, start: number, error: unknown): void {
    const times = { start_time: start, end_time: Date.now() / 1000 }
    const fault = error === undefined ? {} : { fault: true }
    const document = {
      trace_id: `1-${Math.floor(start).toString(16)}-${this.#id()}${this.#id().slice(0, 8)}`,
      id: this.#id(),
      name: 'rontgen',
      ...times,
      ...fault,
      service: { version: this.version },
      annotations: { documents, waiting },
      subsegments: [
        { id: this.#id(), name: 'deliver', namespace: 'remote', ...times, ...fault, ...this.#causeOf(error) },
      ],
    }
    this.write(new TextEncoder().encode(JSON.stringify(document)))
  }

  #causeOf(error: unknown): object {
    if (error === undefined) return {}
    const type = error instanceof Error ? error.name : 'Error'
    return { cause: { exceptions: [{ id: this.#id(), type, message: errorMessage(error) }] } }
  }

  #id(): string {
    return Buffer.from(this.nextId()).toString('hex')
  }
}
