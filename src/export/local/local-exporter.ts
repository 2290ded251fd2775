import { join } from 'node:path'
import { type Batch, documentsOf, documentText } from '../../component/batch.ts'
import { ExportError } from '../../component/export-error.ts'
import type { ExporterContext, OpenExporter, SourceRequestLog } from '../../component/exporter.ts'
import type { SamplingAnswer, SamplingPath } from '../../component/sampling.ts'
import { errorMessage } from '../../errors/error-message.ts'
import { pageApi } from '../../local/api/page-api.ts'
import { XrayApi } from '../../local/api/xray-api.ts'
import { LocalStore } from '../../local/store/local-store.ts'
import { countNoun } from '../../telemetry/count-noun.ts'
import { IN_MEMORY } from '../../sqlite/open-database.ts'

/** How the local store is kept. */
export interface LocalSettings {
  readonly maxBytes: number
  /** Milliseconds. */
  readonly maxAge: number
  /** Whether OTLP requests are kept too. */
  readonly keepSpans: boolean
}

const INVALID = 'InvalidSegment'

/** Writes batches to the local store, and answers X-Ray's API from it. */
export class LocalExporter implements OpenExporter {
  readonly requests?: SourceRequestLog
  readonly #store: LocalStore
  readonly #routes: ReturnType<XrayApi['routes']>

  /** @throws {Error} if the store cannot be opened */
  constructor(settings: LocalSettings, { report, changed, stateDir }: ExporterContext) {
    const store = new LocalStore({
      file: stateDir === IN_MEMORY ? IN_MEMORY : join(stateDir, 'traces.sqlite'),
      maxBytes: settings.maxBytes,
      maxAgeMs: settings.maxAge,
      failed: (error) => report.problem('error', 'store', `the local store failed: ${errorMessage(error)}`),
      noticed: (message) => report.problem('warn', 'clock', `the local store: ${message}`),
      exceeded: (documents) =>
        report.problem(
          'warn',
          'large trace',
          `the local store does not keep ${
            countNoun(documents, 'document')
          } of a trace that has 10,000 already, or 16 MiB`,
        ),
      changed,
    })
    this.#store = store
    const xrayApi = new XrayApi(store)
    this.#routes = xrayApi.routes().route('/', pageApi(store, xrayApi.groups))
    if (!settings.keepSpans) return
    this.requests = {
      keep: (request, traces) => store.keepRequest(request, traces),
      requestsOf: (trace) => store.requestsOf(trace),
    }
  }

  describe(): string {
    return 'keeping traces in the local store'
  }

  async send(batch: Batch): Promise<void> {
    let issues: (string | undefined)[]
    try {
      issues = this.#store.put(documentsOf(batch).map(documentText))
    } catch (cause) {
      throw new ExportError('retryable', `Cannot write the local store: ${errorMessage(cause)}`, { cause })
    }
    const failed = issues.flatMap((issue, index) =>
      issue === undefined ? [] : [{ index, isRetryable: false, code: INVALID, reason: `${INVALID}: ${issue}` }]
    )
    const [first] = failed
    if (first !== undefined) throw new ExportError('partial', first.reason, { failed })
  }

  async stop(): Promise<void> {
    this.#store.close()
  }

  api(request: Request): Response | Promise<Response> {
    return this.#routes.fetch(request)
  }

  async sampling(path: SamplingPath, body: Uint8Array): Promise<SamplingAnswer> {
    const headers = { 'content-type': 'application/json' }
    const request = new Request(`http://localhost${path}`, { method: 'POST', headers, body: body.slice() })
    const response = await this.api(request)
    return { status: response.status, headers, body: await response.text() }
  }

  hasTraces(): boolean {
    return this.#store.hasTraces()
  }
}
