import type { KnownNames } from '../../trace/api/page-answers.ts'
import { assembleTrace, type Trace } from '../../trace/assemble-trace.ts'
import { ServiceGraph } from '../../trace/service-graph.ts'
import { DocumentTable } from './document-table.ts'
import { groupByTrace } from './group-by-trace.ts'
import { type MinuteGraph, readMinuteGraphs } from './minute-graphs.ts'
import { NamedRecords } from './named-records.ts'
import { findTraces } from './query/find-traces.ts'
import { knownNames } from './query/known-names.ts'
import type { TracePage, TraceQuery } from './query/trace-query.ts'
import { reportErrors } from './report-errors.ts'
import { SourceRequests } from './source-requests.ts'
import { StoreDatabase } from './store-database.ts'
import { countTraces, type Retention, sweepTraces } from './sweep-traces.ts'
import { TraceIndexer } from './trace-indexer.ts'

/** Where the local store is, and how much it keeps. */
export interface StoreSettings extends Retention {
  /** A path, or `:memory:`. */
  readonly file: string
  /** Called when traces cannot be read, indexed or deleted. */
  readonly failed: (error: unknown) => void
  /** Called when queries return something new. */
  readonly changed?: () => void
}

/** How often traces that are too old are deleted, in milliseconds. */
const SWEEP_MS = 30_000

/**
 * Stores traces on this machine as they were received, and answers queries about them. Documents are written at once;
 * the index that queries use is computed a moment later, at the latest by the next query.
 */
export class LocalStore {
  readonly #database: StoreDatabase
  readonly #documents: DocumentTable
  readonly #requests: SourceRequests
  readonly #indexer: TraceIndexer
  readonly #sweeper: ReturnType<typeof setInterval>
  #isClosed = false

  /** @throws {Error} if another process has locked the file, or the disk is full */
  constructor(private readonly settings: StoreSettings) {
    this.#database = new StoreDatabase(settings.file, settings.failed)
    this.#documents = new DocumentTable(this.#database)
    this.#requests = new SourceRequests(this.#database)
    this.#indexer = new TraceIndexer(this.#database, this.#documents, settings)
    this.#indexer.indexUnfinished()
    this.#sweeper = setInterval(() => reportErrors(() => this.sweep(), settings.failed), SWEEP_MS)
    this.#sweeper.unref()
  }

  /**
   * Writes documents. A damaged file is quarantined first: traces of the past must not keep new ones out.
   *
   * @param documents segment documents, JSON
   * @returns for each document whether it was written: it is not if it has no trace id
   * @throws {Error} if the file cannot be written; then no document is
   */
  put(documents: readonly string[]): boolean[] {
    try {
      return this.#put(documents)
    } catch (error) {
      if (!this.#database.isDamagedBy(error)) throw error
      this.#replaceDatabase(error)
      return this.#put(documents)
    }
  }

  #put(documents: readonly string[]): boolean[] {
    const { accepted, traces } = groupByTrace(documents)
    const written = this.#database.transaction(() => {
      this.#requests.write()
      return [...traces].map(([id, group]) => {
        const trace = this.#indexer.open(id)
        this.#documents.add(trace.key, group.texts)
        return { id, trace, group }
      })
    })
    for (const { id, trace, group } of written) this.#indexer.add(id, trace, group)
    this.#indexer.schedule()
    return accepted
  }

  #replaceDatabase(cause: unknown): void {
    const quarantined = this.#database.replace()
    this.#requests.discard()
    this.#indexer.reset()
    this.settings.failed(new Error(`It is damaged, was moved to "${quarantined}", and a new one is in use`, { cause }))
  }

  /**
   * Keeps the OTLP request that traces came in, to be shown next to their segments.
   *
   * @param request protobuf of ExportTraceServiceRequest; it is copied
   * @param traces the ids of its traces, in X-Ray's form
   */
  keepRequest(request: Uint8Array, traces: readonly string[]): void {
    if (this.#isClosed) return
    if (this.#requests.keep(request, traces)) this.#writeRequests()
  }

  /**
   * The kept OTLP requests that a trace came in, as protobuf, in the order in which they came.
   *
   * @param id X-Ray's form
   */
  requestsOf(id: string): Uint8Array[] {
    this.#writeRequests()
    return this.#requests.of(id)
  }

  #writeRequests(): void {
    reportErrors(() => this.#database.transaction(() => this.#requests.write()), this.settings.failed)
    // Requests that cannot be written must not fill the memory.
    this.#requests.discard()
  }

  /** A trace, as far as it was received; undefined if it is not there. @param id X-Ray's form */
  trace(id: string): Trace | undefined {
    this.index()
    const row = this.#database.prepare('SELECT key FROM traces WHERE id = ?').get(id)
    return row === undefined ? undefined : assembleTrace(id, this.#documents.of(Number(row['key'])))
  }

  /** A page of the traces that match a query, the newest first. */
  find(query: TraceQuery): TracePage {
    this.index()
    return findTraces(this.#database, query)
  }

  /** The service graph of a time range, to whole minutes. @param from Unix seconds @param to Unix seconds, inclusive */
  graph(from: number, to: number): ServiceGraph {
    const graph = new ServiceGraph()
    for (const { graph: minute } of this.minutes(from, to)) graph.add(minute)
    return graph
  }

  /** The service graph of each minute in a time range. @param from Unix seconds @param to Unix seconds, inclusive */
  minutes(from: number, to: number): MinuteGraph[] {
    this.index()
    return readMinuteGraphs(this.#database, from, to)
  }

  /** What filter expressions can name. */
  names(): KnownNames {
    this.index()
    return knownNames(this.#database)
  }

  /** Records of a kind, such as sampling rules, which stay until they are deleted. */
  records<T extends object>(kind: string): NamedRecords<T> {
    return new NamedRecords<T>(this.#database, kind)
  }

  /** Whether there is any trace. */
  hasTraces(): boolean {
    return this.#database.prepare('SELECT 1 FROM traces LIMIT 1').get() !== undefined
  }

  /** The number of traces, and the bytes in use. */
  usage(): { traces: number; bytes: number } {
    return { traces: countTraces(this.#database), bytes: this.#database.bytes() }
  }

  /** Indexes what was written since the last query. @throws {Error} if the index cannot be written */
  index(): void {
    this.#indexer.index()
  }

  /** Deletes traces that are too old, and the oldest while the store is too large. @returns how many were deleted */
  sweep(): number {
    this.index()
    const stored = { database: this.#database, documents: this.#documents, requests: this.#requests }
    return sweepTraces(stored, this.settings)
  }

  /** Indexes what was written, and closes the file. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearInterval(this.#sweeper)
    this.#writeRequests()
    this.index()
    this.#database.close()
  }
}
