import type { KnownNames } from '../../trace/api/page-answers.ts'
import { assembleTrace, type Trace } from '../../trace/assemble-trace.ts'
import { ServiceGraph } from '../../trace/service-graph.ts'
import { databaseFault } from '../../sqlite/database-fault.ts'
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
import { countTraces, type Retention, TraceSweeper } from './trace-sweeper.ts'
import { type PendingTrace, TraceIndexer } from './trace-indexer.ts'

/** Where the local store is, and how much it keeps. */
export interface StoreSettings extends Retention {
  /** A path, or `:memory:`. */
  readonly file: string
  /** Called when traces cannot be read, indexed or deleted. */
  readonly failed: (error: unknown) => void
  /** Called when queries return something new. */
  readonly changed?: () => void
  /** Called when documents are not kept, as their trace has too many. */
  readonly exceeded?: (documents: number) => void
}

/** How often traces that are too old are looked for, in milliseconds. */
const SWEEP_MS = 30_000
/** Pause between the few traces that are deleted at once, in milliseconds, so that nothing waits for them for long. */
const STEP_PAUSE_MS = 10
/** Documents and characters of one trace that are kept; X-Ray keeps 500 KB. */
const MAX_TRACE_DOCUMENTS = 10_000
const MAX_TRACE_CHARACTERS = 16 << 20

/**
 * Stores traces on this machine as they were received, and answers queries about them. Documents are written at once;
 * the index that queries use is computed a moment later, at the latest by the next query.
 */
export class LocalStore {
  readonly #database: StoreDatabase
  readonly #documents: DocumentTable
  readonly #requests: SourceRequests
  readonly #indexer: TraceIndexer
  #sweeper: TraceSweeper
  readonly #sweeps: ReturnType<typeof setInterval>
  /** Set while traces are being deleted. */
  #nextStep: ReturnType<typeof setTimeout> | undefined
  #isClosed = false

  /** @throws {Error} if another process has locked the file */
  constructor(private readonly settings: StoreSettings) {
    this.#database = new StoreDatabase(settings.file, settings.maxBytes, settings.failed)
    this.#documents = new DocumentTable(this.#database)
    this.#requests = new SourceRequests(this.#database)
    this.#indexer = new TraceIndexer(this.#database, this.#documents, settings)
    try {
      this.#indexer.indexUnfinished()
    } catch (error) {
      // What can be read of it later is; what cannot must not keep the agent from starting.
      if (['full', 'unwritable', 'taken'].includes(databaseFault(error))) settings.failed(error)
      else this.#replaceDatabase(error)
    }
    this.#sweeper = this.#createSweeper()
    this.#sweeps = setInterval(() => this.#beginSweep(), SWEEP_MS)
    this.#sweeps.unref()
  }

  #createSweeper(): TraceSweeper {
    return new TraceSweeper(
      { database: this.#database, documents: this.#documents, requests: this.#requests },
      this.settings,
    )
  }

  /**
   * Writes documents. A damaged file is quarantined first: traces of the past must not keep new ones out.
   *
   * @param documents segment documents, JSON
   * @returns for each document why it was not written; undefined if it was
   * @throws {Error} if the file cannot be written; then no document is
   */
  put(documents: readonly string[]): (string | undefined)[] {
    try {
      return this.#put(documents)
    } catch (error) {
      if (!this.#database.isDamagedBy(error)) throw error
      this.#replaceDatabase(error)
      return this.#put(documents)
    }
  }

  #put(documents: readonly string[]): (string | undefined)[] {
    const { issues, traces } = groupByTrace(documents)
    let excess = 0
    const written = this.#database.transaction(() => {
      this.#requests.write()
      return [...traces].flatMap(([id, group]) => {
        const trace = this.#indexer.open(id)
        if (isFull(trace)) {
          excess += group.texts.length
          return []
        }
        this.#documents.add(trace.key, group.texts)
        return [{ id, trace, group }]
      })
    })
    for (const { id, trace, group } of written) this.#indexer.add(id, trace, group)
    this.#indexer.schedule()
    if (excess > 0) this.settings.exceeded?.(excess)
    this.#makeRoom()
    return issues
  }

  #replaceDatabase(cause: unknown): void {
    const quarantined = this.#database.replace()
    this.#requests.discard()
    this.#indexer.reset()
    this.#sweeper = this.#createSweeper()
    const where = quarantined === undefined
      ? 'traces are kept in memory until the agent ends'
      : `was moved to "${quarantined}", and a new one is in use`
    this.settings.failed(new Error(`It is damaged, ${where}`, { cause }))
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
    const row = this.#database.prepare('SELECT key FROM traces WHERE id = ?').get(id)
    return row === undefined ? undefined : assembleTrace(id, this.#documents.of(Number(row['key'])))
  }

  /** A page of the traces that match a query, the newest first. */
  find(query: TraceQuery): TracePage {
    this.#indexForAnswer()
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
    this.#indexForAnswer()
    return readMinuteGraphs(this.#database, from, to)
  }

  /** What filter expressions can name. */
  names(): KnownNames {
    this.#indexForAnswer()
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

  /** What cannot be indexed, as on a full disk, must not keep what is there from being read. */
  #indexForAnswer(): void {
    reportErrors(() => this.index(), this.settings.failed)
  }

  /** Deletes traces that are too old, and the oldest while the store is too large. @returns how many were deleted */
  sweep(): number {
    this.index()
    let sum = this.#sweeper.deleteUnreadable()
    for (let count = this.#sweeper.step(); count > 0; count = this.#sweeper.step()) sum += count
    return sum
  }

  /** Does what {@link sweep} does, a few traces at a time, and lets others run in between. */
  #beginSweep(): void {
    if (this.#nextStep !== undefined || this.#isClosed) return
    reportErrors(() => {
      this.index()
      this.#sweeper.deleteUnreadable()
      this.#continueSweep()
    }, this.settings.failed)
  }

  #continueSweep(): void {
    this.#nextStep = undefined
    if (this.#isClosed || this.#sweeper.step() === 0) return
    this.#nextStep = setTimeout(() => reportErrors(() => this.#continueSweep(), this.settings.failed), STEP_PAUSE_MS)
    this.#nextStep.unref()
  }

  /** Begins to delete the oldest traces if there are too many; if that does not keep pace, writing waits for it. */
  #makeRoom(): void {
    if (!this.#sweeper.isOver) return
    this.#beginSweep()
    if (this.#sweeper.isFarOver) reportErrors(() => this.#sweeper.step(), this.settings.failed)
  }

  /** Indexes what was written, and closes the file. What cannot be indexed is so at the next start. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearInterval(this.#sweeps)
    clearTimeout(this.#nextStep)
    this.#writeRequests()
    this.#indexForAnswer()
    this.#indexer.reset()
    this.#database.close()
  }
}

/** Whether no more documents of a trace are kept: with each one that comes, all of it is read again. */
function isFull({ documents, characters }: PendingTrace): boolean {
  return documents >= MAX_TRACE_DOCUMENTS || characters >= MAX_TRACE_CHARACTERS
}
