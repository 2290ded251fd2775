import type { Json } from '../../bytes/json.ts'
import { attempt } from '../../errors/attempt.ts'
import { collectGarbage } from '../../platform/collect-garbage.ts'
import { databaseFault } from '../../sqlite/database-fault.ts'
import { assembleParsed, assembleTrace } from '../../trace/assemble-trace.ts'
import { indexTrace } from '../../trace/index-trace.ts'
import type { TraceIndex } from '../../trace/trace-index.ts'
import type { DocumentTable } from './document-table.ts'
import type { DocumentsOfTrace } from './group-by-trace.ts'
import { IndexTables, parseTraceIndex, type TraceSize } from './index-tables.ts'
import { reportErrors } from './report-errors.ts'
import type { StoreDatabase } from './store-database.ts'
import { TraceState } from './store-format.ts'

/** Documents become visible after this time, in milliseconds, or at the next query. */
const INDEX_AFTER_MS = 500
/** Traces that wait to be indexed; more of them are indexed at once. */
const MAX_PENDING = 2000
/** Characters of documents after which garbage is collected: parsed documents are large and short-lived. */
const COLLECT_CHARACTERS = 16 << 20
/** A trace that takes longer than this to index is large, in milliseconds. */
const LARGE_MS = 20
/** A large trace is indexed again after this many times as long as it took: a trace that grows takes a 20th of the time. */
const PAUSE_FACTOR = 20

/** A trace with documents that are not in its index. */
export interface PendingTrace extends TraceSize {
  /** Of its row. */
  readonly key: number
  /** Every segment of a trace that was not indexed before; undefined if the documents must be read. */
  readonly segments: Json[] | undefined
  documents: number
  characters: number
}

/** What the indexer reports. */
export interface IndexerEvents {
  /** Called when a trace cannot be indexed. */
  readonly failed: (error: unknown) => void
  /** Called when queries return something new. */
  readonly changed?: () => void
}

/** Computes the index of traces, shortly after documents of them were written, and again whenever more come. */
export class TraceIndexer {
  /** By trace id. */
  readonly #pending = new Map<string, PendingTrace>()
  /** Until when large traces are not indexed again, by trace id. */
  readonly #pauses = new Map<string, number>()
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Characters of documents that were parsed since garbage was last collected. */
  #characters = 0

  constructor(
    private readonly database: StoreDatabase,
    private readonly documents: DocumentTable,
    private readonly events: IndexerEvents,
  ) {}

  /** Indexes the traces that a killed process, or an older version, has left without an index. */
  indexUnfinished(): void {
    const next = this.database.prepare(
      `SELECT key, id FROM traces WHERE key > ? AND state <> ? ORDER BY key LIMIT ${MAX_PENDING}`,
    )
    let last = -1
    for (let rows = next.all(last, TraceState.indexed); rows.length > 0; rows = next.all(last, TraceState.indexed)) {
      for (const row of rows) {
        last = Number(row['key'])
        this.#pending.set(String(row['id']), { key: last, segments: undefined, documents: 0, characters: 0 })
      }
      this.index()
    }
  }

  /**
   * Finds the row of a trace that documents are about to be added to, or inserts it, and marks it as not indexed. Call
   * it in a transaction, and {@link add} after the commit.
   *
   * @param id X-Ray's form
   */
  open(id: string): PendingTrace {
    const pending = this.#pending.get(id)
    if (pending !== undefined) return pending
    const row = this.database.prepare('SELECT key, document_count, characters FROM traces WHERE id = ?').get(id)
    if (row === undefined) return this.#insert(id)
    const key = Number(row['key'])
    const mark = this.database.prepare('UPDATE traces SET state = ? WHERE key = ? AND state = ?')
    mark.run(TraceState.changed, key, TraceState.indexed)
    return {
      key,
      segments: undefined,
      documents: Number(row['document_count']),
      characters: Number(row['characters']),
    }
  }

  #insert(id: string): PendingTrace {
    // Its start is outside of every time range until it is indexed.
    const { lastInsertRowid } = this.database.prepare(
      "INSERT INTO traces (id, start, duration, response_time, flags, state, trace_index) VALUES (?, -1, 0, 0, 0, ?, '')",
    ).run(id, TraceState.written)
    return { key: Number(lastInsertRowid), segments: [], documents: 0, characters: 0 }
  }

  /**
   * Takes documents that were written; they are indexed soon, or at once if many traces wait.
   *
   * @param trace of {@link open}
   */
  add(id: string, trace: PendingTrace, { texts, segments }: DocumentsOfTrace): void {
    if (trace.segments !== undefined) { for (const segment of segments) trace.segments.push(segment) }
    const characters = texts.reduce((sum, text) => sum + text.length, 0)
    trace.documents += texts.length
    trace.characters += characters
    this.#characters += characters
    this.#pending.set(id, trace)
  }

  /** Plans the next indexing. */
  schedule(): void {
    if (this.#pending.size > MAX_PENDING + this.#pauses.size) this.index()
    else if (this.#pending.size > 0) {
      this.#timer ??= setTimeout(() => reportErrors(() => this.index(), this.events.failed), INDEX_AFTER_MS)
    }
  }

  /** Indexes the traces that wait, save large ones too soon. @throws {Error} if no index can be written; all go on waiting */
  index(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const due = this.#due()
    if (due.length > 0) {
      this.#indexEach(due)
      for (const [id] of due) this.#pending.delete(id)
      this.events.changed?.()
    }
    this.schedule()
    if (this.#characters > COLLECT_CHARACTERS) {
      this.#characters = 0
      collectGarbage()
    }
  }

  #due(): (readonly [id: string, trace: PendingTrace])[] {
    if (this.#pauses.size === 0) return [...this.#pending]
    const now = performance.now()
    for (const [id, end] of this.#pauses) if (end <= now) this.#pauses.delete(id)
    return [...this.#pending].filter(([id]) => !this.#pauses.has(id))
  }

  #indexEach(traces: readonly (readonly [id: string, trace: PendingTrace])[]): void {
    try {
      this.#write(traces)
    } catch (error) {
      if (databaseFault(error) !== 'other') throw error
      // It is about one of the traces, and must not cost the others.
      for (const trace of traces) reportErrors(() => this.#write([trace]), this.events.failed)
    }
  }

  #write(traces: readonly (readonly [id: string, trace: PendingTrace])[]): void {
    const took = new Map<string, number>()
    this.database.transaction(() => {
      const tables = new IndexTables(this.database)
      for (const [id, trace] of traces) {
        const began = performance.now()
        this.#indexTrace(tables, id, trace)
        took.set(id, performance.now() - began)
      }
      tables.write()
    })
    const now = performance.now()
    for (const [id, ms] of took) if (ms > LARGE_MS) this.#pauses.set(id, now + ms * PAUSE_FACTOR)
  }

  #indexTrace(tables: IndexTables, id: string, trace: PendingTrace): void {
    const row = this.database.prepare('SELECT state, trace_index FROM traces WHERE key = ?').get(trace.key)
    if (row === undefined) return
    let computed: { index: TraceIndex; size: TraceSize } | undefined
    reportErrors(() => (computed = this.#compute(id, trace)), this.events.failed)
    if (computed === undefined) return
    const former = Number(row['state']) === TraceState.written
      ? undefined
      : attempt(() => parseTraceIndex(row['trace_index']))
    if (former !== undefined) tables.remove(trace.key, former)
    tables.add(trace.key, computed.index, computed.size)
  }

  #compute(id: string, trace: PendingTrace): { index: TraceIndex; size: TraceSize } {
    if (trace.segments !== undefined) return { index: indexTrace(assembleParsed(id, trace.segments)), size: trace }
    const documents = this.documents.of(trace.key)
    const characters = documents.reduce((sum, text) => sum + text.length, 0)
    return { index: indexTrace(assembleTrace(id, documents)), size: { documents: documents.length, characters } }
  }

  /** Forgets the traces that wait: the database has been replaced, and their rows are gone. */
  reset(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#pending.clear()
    this.#pauses.clear()
  }
}
