import type { ExporterReport } from '../telemetry/exporter-report.ts'
import type { RateStep } from '../telemetry/rate-history.ts'
import type { Status } from '../telemetry/status.ts'
import type { PageSpan } from '../trace/api/page-answers.ts'
import type { QueueAccess } from './queue-access.ts'

/** What the admin server shows, and changes, of an agent. */
export interface AgentAccess {
  status(): Status
  /** What each exporter counts. */
  readonly exporters: () => readonly ExporterReport[]
  readonly queue: QueueAccess
  /** Whether an exporter keeps a trace that can be shown; null if none keeps traces. */
  hasTraces(): boolean | null
  /** What happened in each half minute of the last half hour. */
  rates(): readonly RateStep[]
  /** Every value of the config in force, with where it is from. */
  config(): readonly { readonly path: string; readonly value: string; readonly source: string }[]
  /** The sample application, which sends traces here. */
  readonly demo: {
    isRunning(): boolean
    /** @throws {Error} if there is no port that it could send to */
    start(): void
    stop(): void
  }
  /** Calls `watcher` when there is something new to show. @returns what ends that */
  watch(watcher: () => void): () => void
  /** The span that a segment was, and what became of each part of it. @param id the segment's, hex */
  explain(traceId: string, id: string): PageSpan
  /** Answers calls of the X-Ray API, and what the page asks for; undefined if no exporter does. */
  api(request: Request): Response | Promise<Response> | undefined
}
