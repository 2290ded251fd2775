import type { GenericSchema, InferInput, InferOutput } from 'valibot'
import type { ExporterReport } from '../telemetry/exporter-report.ts'
import type { Batch } from './batch.ts'
import type { ComponentOption } from './component-option.ts'
import type { Env, Finding } from './finding.ts'
import type { SamplingAnswer, SamplingPath } from './sampling.ts'

/** The credentials that requests are signed with. */
export interface CredentialState {
  /** Where they come from. */
  readonly source: string
  readonly accessKeyId: string
  /** ISO 8601; null if they do not expire. */
  readonly expires: string | null
}

/** OTLP requests that an exporter keeps unchanged, so that the page can show spans. */
export interface SourceRequestLog {
  /** @param request protobuf; it is copied @param traces the ids in it, in X-Ray's form */
  keep(request: Uint8Array, traces: readonly string[]): void
  /** @returns the requests with spans of a trace, as protobuf, in order of arrival */
  requestsOf(trace: string): Uint8Array[]
}

/** What an exporter is given besides its settings. */
export interface ExporterContext {
  /** Reports under the exporter's name. */
  readonly report: ExporterReport
  readonly env: Env
  /** The folder of the agent's state; `:memory:` if nothing may be written. */
  readonly stateDir: string
  /** Writes to stdout. Resolves once all is written, which takes as long as its reader lets it; rejects if it cannot be. */
  readonly print: (text: string) => Promise<void>
  /** Reports that there is something new to show. */
  readonly changed: () => void
}

/** An open exporter. */
export interface OpenExporter {
  /**
   * Delivers one batch.
   *
   * @param signal aborts when the agent cannot wait any longer
   * @throws {ExportError} if the batch, or a part of it, was not accepted
   */
  send(batch: Batch, signal: AbortSignal): Promise<void>
  /** @returns what it does, for the start line and the status: `sending to AWS X-Ray` */
  describe(): string
  /** Releases its resources after the last batch. Resolves at `deadline` at the latest. */
  stop(deadline: AbortSignal): Promise<void>
  /** @returns the credentials in use; undefined before the first request */
  credentials?(): CredentialState | undefined
  /** Answers calls for sampling rules and targets. */
  sampling?(path: SamplingPath, body: Uint8Array): Promise<SamplingAnswer>
  /** Answers the X-Ray API, and what the page asks for. */
  api?(request: Request): Response | Promise<Response>
  readonly requests?: SourceRequestLog
  /** Whether it keeps any trace that can be shown. */
  hasTraces?(): boolean
}

/** What all exporters have in common. Everything that names exporters is computed from their definitions. */
export interface Exporter<N extends string = string, S extends GenericSchema = GenericSchema> {
  /** Its kind, and its key in the config below `export`; further exporters of a kind have other keys. */
  readonly name: N
  /** What people call it, such as `AWS X-Ray`. */
  readonly label: string
  /** What it does, for the config's documentation. */
  readonly description: string
  /** Data leaves the machine through it. */
  readonly leavesMachine: boolean
  /** It is on unless the config turns it off, or data leaves the machine through another exporter. */
  readonly isOnByDefault?: boolean
  /** There can be only one in a config: it has files that two would write. */
  readonly isSingle?: boolean
  /** Its settings. With `concurrency` there are that many requests in flight at most, else one. */
  readonly schema: S
  /** Flags and environment variables for its settings. */
  readonly options?: readonly ComponentOption[]
  /** @throws {Error} if it cannot be opened with these settings */
  open(settings: InferOutput<S>, context: ExporterContext): OpenExporter | Promise<OpenExporter>
  /** Checks what delivery needs, for `rontgen doctor`. Each finding follows those that it depends on. */
  check?(settings: InferOutput<S>, env: Env): Promise<Finding[]>
}

/** An exporter's definition, which a config calls to have a further exporter of this kind: `audit: xray({ … })`. */
export type ExporterDefinition<N extends string, S extends GenericSchema> =
  & Exporter<N, S>
  & (<I extends InferInput<S> & ExporterLaneConfig>(settings?: I) => I & { readonly type: N })

/** The settings of its queue that every exporter has. */
export interface ExporterLaneConfig {
  readonly whenFull?: 'push-back' | 'drop-oldest'
}

/** Types an exporter by its schema, and makes its definition callable. */
export function defineExporter<const N extends string, const S extends GenericSchema>(
  exporter: Exporter<N, S>,
): ExporterDefinition<N, S> {
  const named = (settings: object = {}): object => ({ type: exporter.name, ...settings })
  const members = Object.entries(exporter).map(([key, value]) => [key, { value, enumerable: true }])
  Object.defineProperties(named, Object.fromEntries(members))
  return named as ExporterDefinition<N, S> // it has every member now
}
