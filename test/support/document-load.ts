import type { AgentProcess } from './agent-process.ts'
import { NotAcceptedError, type Protocol, sendDocuments, type SentDocument } from './send-documents.ts'

/** Documents of one request. */
const REQUEST_DOCUMENTS = 20
/** What a client waits after a request that was not accepted, in milliseconds. */
const RETRY_MS = 20

/** Clients that send to an agent, one request after the other, until they are asked to stop. */
export class DocumentLoad {
  /** What the agent acknowledged. */
  readonly acknowledged: SentDocument[] = []
  /** Statuses of the answers with an error. */
  readonly rejected: number[] = []
  #isOver = false
  readonly #clients: Promise<void>[]

  /** @param pauseMs what each client waits between requests, in milliseconds */
  constructor(
    private readonly agent: AgentProcess,
    protocols: readonly Protocol[] = ['http', 'grpc'],
    private readonly pauseMs = 0,
  ) {
    this.#clients = protocols.map((protocol) => this.#send(protocol))
  }

  async #send(protocol: Protocol): Promise<void> {
    while (!this.#isOver) {
      try {
        this.acknowledged.push(...await sendDocuments(this.agent, protocol, REQUEST_DOCUMENTS))
        await new Promise((resolve) => setTimeout(resolve, this.pauseMs))
      } catch (error) {
        // Else the agent was killed, and it is not known whether it has the documents.
        if (error instanceof NotAcceptedError) this.rejected.push(error.status)
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
  }

  /** Ends the clients. @returns what the agent acknowledged */
  async stop(): Promise<SentDocument[]> {
    this.#isOver = true
    await Promise.all(this.#clients)
    return this.acknowledged
  }
}
