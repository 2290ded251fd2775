import type { GenericSchema, InferOutput } from 'valibot'
import type { Events } from '../telemetry/events.ts'
import type { InFlightBytes } from './in-flight-bytes.ts'

/** What became of a request that was taken. */
export interface Accepted {
  /** Spans that were refused; the others were taken. */
  readonly rejectedSpans: number
  /** Why the last of them was; empty if none. */
  readonly reason: string
  /** Kept once the spans are on disk; only then may the client have its answer. */
  readonly committed: Promise<void>
}

/** The only way forward from a receiver. */
export interface Next {
  /**
   * Takes an ExportTraceServiceRequest, as protobuf.
   *
   * @param from who sent it, for the log
   * @throws {RejectedError} `invalid` if it is not well-formed
   * @throws {RejectedError} `busy` if the client should send it again later
   */
  traces(request: Uint8Array, from: string): Accepted
  /**
   * Takes one X-Ray document, UTF-8 JSON, which goes on byte for byte. Nobody waits for an answer: a document that
   * cannot be written is counted as lost.
   *
   * @throws {RejectedError} `busy` if there is no room for it
   */
  document(document: Uint8Array): void
  /** Passes a call for sampling rules or targets to X-Ray. */
  sampling(path: '/GetSamplingRules' | '/SamplingTargets', body: Uint8Array): Promise<SamplingAnswer>
}

/** What X-Ray answered, or why it could not be asked. */
export interface SamplingAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array<ArrayBuffer> | string
}

/** What a receiver is given besides its settings. */
export interface ReceiverContext {
  readonly events: Events
  /** What is arriving, of all receivers together. */
  readonly inFlight: InFlightBytes
}

/** A receiver that runs. */
export interface RunningReceiver {
  /** Where it listens, `host:port`. */
  readonly address: string
  /** Takes nothing new, and ends once what was begun is answered, or at `deadline`. */
  stop(deadline: AbortSignal): Promise<void>
}

/** The one form of all receivers. */
export interface Receiver<S extends GenericSchema = GenericSchema> {
  /** Its path in the config, below `receive`. */
  readonly name: string
  readonly schema: S
  /** Senders get no answer and do not try again, so it stops last. */
  readonly isUnanswered?: boolean
  /** @throws {Error} if it cannot listen; the message says why, and what to do */
  start(settings: InferOutput<S>, next: Next, context: ReceiverContext): Promise<RunningReceiver>
}

/** Types a receiver by its schema. */
export function defineReceiver<const S extends GenericSchema>(receiver: Receiver<S>): Receiver<S> {
  return receiver
}
