import type { ExporterReport } from '../telemetry/exporter-report.ts'
import type { RateStep } from '../telemetry/rate-history.ts'
import type { Status } from '../telemetry/status.ts'
import type { PageSpan } from '../trace/api/page-answers.ts'
import type { QueueAccess } from './queue-access.ts'

/** What the admin server reads and changes of an agent. */
export interface AgentAccess {
  status(): Status
  /** What each exporter counts. */
  readonly exporters: () => readonly ExporterReport[]
  readonly queue: QueueAccess
  /** Whether an exporter keeps a trace that can be shown; null if none keeps traces. */
  hasTraces(): boolean | null
  /** The counts of each half minute of the last half hour. */
  rates(): readonly RateStep[]
  /** Every value of the effective config, with where it comes from. */
  config(): readonly { readonly path: string; readonly value: string; readonly source: string }[]
  /** The sample application, which sends traces here. */
  readonly demo: {
    isRunning(): boolean
    /** @throws {Error} if no receiver listens that it can send to */
    start(): void
    stop(): void
  }
  /** Calls `watcher` when there is something new to show. @returns a function that ends the watch */
  watch(watcher: () => void): () => void
  /** The span of a segment, and where each part of it went. @param id the segment's, hex */
  explain(traceId: string, id: string): PageSpan
  /** Answers requests of the X-Ray API and of the page; undefined if no exporter does. */
  api(request: Request): Response | Promise<Response> | undefined
}
