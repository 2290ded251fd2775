import type { GenericSchema, InferOutput } from 'valibot'
import type { ReceiverReport } from '../telemetry/receiver-report.ts'
import type { Env, Finding } from './finding.ts'
import type { InFlightBytes } from './in-flight-bytes.ts'
import type { SamplingAnswer, SamplingPath } from './sampling.ts'

/** The result of a request that was accepted. */
export interface Accepted {
  /** Spans that were rejected; the others were accepted. */
  readonly rejectedSpans: number
  /** Why the last of them was; empty if none was. */
  readonly reason: string
  /** Resolves once the spans are on disk: only then may the client get its answer. */
  readonly committed: Promise<void>
}

/** What a receiver passes its data to. */
export interface Next {
  /**
   * Accepts an ExportTraceServiceRequest, as protobuf.
   *
   * @param from the sender, for the log and the counts
   * @throws {RejectedError} `invalid` if it is not well-formed
   * @throws {RejectedError} `busy` if the client should send it again later
   */
  traces(request: Uint8Array, from: string): Accepted
  /**
   * Accepts one X-Ray document, UTF-8 JSON, which is delivered byte for byte. No client waits for an answer: a document
   * that cannot be written is counted as lost.
   *
   * @throws {RejectedError} `busy` if there is no room for it
   */
  document(document: Uint8Array): void
  /** Passes a call for sampling rules or targets on to the exporter that answers them. */
  sampling(path: SamplingPath, body: Uint8Array): Promise<SamplingAnswer>
}

/** What a receiver is given besides its settings. */
export interface ReceiverContext {
  /** Reports under the receiver's name. */
  readonly report: ReceiverReport
  /** The bytes that are arriving, of all receivers together. */
  readonly inFlight: InFlightBytes
  /** Aborts when the receiver is asked to stop. */
  readonly signal: AbortSignal
}

/** A running receiver. */
export interface RunningReceiver {
  /** Where it listens, `host:port`. */
  readonly address: string
  /** Whether its certificate files have others than it started with; a reload then replaces it. */
  hasNewCertificates?(): boolean
  /** Accepts nothing new; resolves once the current requests are answered, or at `deadline`. */
  stop(deadline: AbortSignal): Promise<void>
}

/** What all receivers have in common. Everything that names receivers is computed from their definitions. */
export interface Receiver<
  N extends string = string,
  S extends GenericSchema = GenericSchema,
  R extends boolean = boolean,
> {
  /** Its path in the config below `receive`, such as `zipkin` or `otlp.grpc`, and its name in logs and counts. */
  readonly name: N
  /** What people call it, such as `OTLP over gRPC`. */
  readonly label: string
  /** What the config's documentation says of it, as a sentence. */
  readonly description: string
  readonly transport: 'tcp' | 'udp'
  /** Its settings. Those with `host` and `port` get a port flag, `--host`, and a check by the doctor. */
  readonly schema: S
  /** The config may list more listeners of this kind in `additional`. */
  readonly isRepeatable?: R
  /** Its clients wait for no answer and do not retry, so it stops last. */
  readonly isUnanswered?: boolean
  /** @throws {Error} if it cannot listen; the message says why, and what to do */
  start(settings: InferOutput<S>, next: Next, context: ReceiverContext): Promise<RunningReceiver>
  /** Checks what it needs of this machine besides its port, for `rontgen doctor`. */
  check?(settings: InferOutput<S>, env: Env): Promise<Finding[]>
}

/** Types a receiver by its schema. */
export function defineReceiver<const N extends string, const S extends GenericSchema, const R extends boolean = false>(
  receiver: Receiver<N, S, R>,
): Receiver<N, S, R> {
  return receiver
}
