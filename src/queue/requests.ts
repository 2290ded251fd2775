import { untilAborted } from '../async/until-aborted.ts'
import type { OpenExporter } from '../component/exporter.ts'
import type { Retry } from './retry-list.ts'

/** What sends batches. */
export type Sender = Pick<OpenExporter, 'send'>

/** What is called when a request ends. */
export interface RequestEvents {
  /** @param isPresent false if it was sent by a sender that has been replaced */
  readonly delivered: (sent: Retry, isPresent: boolean) => void
  readonly failed: (sent: Retry, error: unknown, isPresent: boolean) => void
}

interface OpenRequest {
  readonly sent: Retry
  /** Aborts the requests of the same sender. */
  readonly abort: AbortController
  /** Resolves when it has ended; never rejects. */
  ended: Promise<void> | undefined
}

/** Requests in flight. */
export class Requests {
  /** Documents in flight. */
  documents = 0
  readonly #open = new Set<OpenRequest>()
  #abort = new AbortController()

  constructor(private sender: Sender, private readonly events: RequestEvents) {}

  /** How many there are. */
  get count(): number {
    return this.#open.size
  }

  begin(sent: Retry): void {
    this.documents += sent.batch.count
    const request: OpenRequest = { sent, abort: this.#abort, ended: undefined }
    this.#open.add(request)
    request.ended = this.#send(request)
  }

  async #send(request: OpenRequest): Promise<void> {
    const { sent, abort } = request
    try {
      await this.sender.send(sent.batch, abort.signal)
    } catch (error) {
      // A sender that throws at once must not come back into the loop that began the request.
      await undefined
      if (this.#close(request)) this.events.failed(sent, error, abort === this.#abort)
      return
    }
    if (this.#close(request)) this.events.delivered(sent, abort === this.#abort)
  }

  /** @returns false if it was given up before, so that its outcome counts for nothing */
  #close(request: OpenRequest): boolean {
    if (!this.#open.delete(request)) return false
    this.documents -= request.sent.batch.count
    return true
  }

  /**
   * Sends by another sender from now on. Requests of the old one end until `deadline`; then they are aborted and given up.
   *
   * @returns what was given up
   */
  async replaceSender(sender: Sender, deadline: AbortSignal): Promise<Retry[]> {
    const requests = [...this.#open]
    this.sender = sender
    this.#abort = new AbortController()
    return await this.#end(requests, deadline)
  }

  /** Waits until requests have ended; at `deadline` those that have not are aborted and given up. @returns what was given up */
  async end(deadline: AbortSignal): Promise<Retry[]> {
    return await this.#end([...this.#open], deadline)
  }

  async #end(requests: readonly OpenRequest[], deadline: AbortSignal): Promise<Retry[]> {
    await Promise.race([Promise.all(requests.map(({ ended }) => ended)), untilAborted(deadline)])
    const left = requests.filter((request) => this.#close(request))
    for (const { abort } of left) abort.abort()
    return left.map(({ sent }) => sent)
  }
}
