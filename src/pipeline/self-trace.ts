import { errorMessage } from '../errors/error-message.ts'

/** So long there is at most one trace of the agent itself, in milliseconds. */
const EVERY_MS = 10_000

/** What is told of a delivery. */
export interface Delivery {
  readonly documents: number
  /** Documents that wait. */
  readonly waiting: number
}

/**
 * Traces of the agent's own deliveries, as X-Ray documents. They cannot loop: there is at most one in ten seconds, and
 * what carries it is sent long before the next may begin.
 */
export class SelfTrace {
  #next = 0

  /**
   * @param ids gives eight bytes, new ones each time
   * @param put takes a document
   */
  constructor(
    private readonly version: string,
    private readonly ids: () => Uint8Array,
    private readonly put: (document: Uint8Array) => void,
  ) {}

  /** Does something, and traces it if it is time to. */
  async around<T>(delivery: Delivery, act: () => Promise<T>): Promise<T> {
    const now = Date.now()
    if (now < this.#next) return await act()
    this.#next = now + EVERY_MS
    const start = now / 1000
    try {
      const result = await act()
      this.#tell(delivery, start, undefined)
      return result
    } catch (error) {
      this.#tell(delivery, start, error)
      throw error
    }
  }

  #tell({ documents, waiting }: Delivery, start: number, error: unknown): void {
    const times = { start_time: start, end_time: Date.now() / 1000 }
    const cause = error === undefined ? {} : {
      fault: true,
      cause: {
        exceptions: [{
          id: this.#id(),
          type: error instanceof Error ? error.name : 'Error',
          message: errorMessage(error),
        }],
      },
    }
    const document = {
      trace_id: `1-${Math.floor(start).toString(16)}-${this.#id()}${this.#id().slice(0, 8)}`,
      id: this.#id(),
      name: 'rontgen',
      ...times,
      ...(error === undefined ? {} : { fault: true }),
      service: { version: this.version },
      annotations: { documents, waiting },
      subsegments: [{ id: this.#id(), name: 'deliver', namespace: 'remote', ...times, ...cause }],
    }
    this.put(new TextEncoder().encode(JSON.stringify(document)))
  }

  #id(): string {
    return Buffer.from(this.ids()).toString('hex')
  }
}
