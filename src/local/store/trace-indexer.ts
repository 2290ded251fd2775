import type { Json } from '../../bytes/json.ts'
import { collectGarbage } from '../../platform/collect-garbage.ts'
import { assembleParsed, assembleTrace } from '../../trace/assemble-trace.ts'
import { indexTrace } from '../../trace/index-trace.ts'
import type { DocumentTable } from './document-table.ts'
import type { DocumentsOfTrace } from './group-by-trace.ts'
import { IndexTables, parseTraceIndex } from './index-tables.ts'
import { reportErrors } from './report-errors.ts'
import type { StoreDatabase } from './store-database.ts'
import { TraceState } from './store-format.ts'

/** Documents become visible after this time, in milliseconds, or at the next query. */
const INDEX_AFTER_MS = 500
/** Traces that wait to be indexed; more of them are indexed at once. */
const MAX_PENDING = 2000
/** Characters of documents after which garbage is collected: parsed documents are large and short-lived. */
const COLLECT_CHARACTERS = 16 << 20

/** A trace with documents that are not in its index. */
interface PendingTrace {
  /** Of its row. */
  readonly key: number
  /** Every segment of a trace that was not indexed before; undefined if the documents must be read. */
  readonly segments: Json[] | undefined
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
        this.#pending.set(String(row['id']), { key: last, segments: undefined })
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
    const row = this.database.prepare('SELECT key FROM traces WHERE id = ?').get(id)
    if (row === undefined) return this.#insert(id)
    const key = Number(row['key'])
    const mark = this.database.prepare('UPDATE traces SET state = ? WHERE key = ? AND state = ?')
    mark.run(TraceState.changed, key, TraceState.indexed)
    return { key, segments: undefined }
  }

  #insert(id: string): PendingTrace {
    // Its start is outside of every time range until it is indexed.
    const { lastInsertRowid } = this.database.prepare(
      "INSERT INTO traces (id, start, duration, response_time, flags, state, trace_index) VALUES (?, -1, 0, 0, 0, ?, '')",
    ).run(id, TraceState.written)
    return { key: Number(lastInsertRowid), segments: [] }
  }

  /**
   * Takes documents that were written; they are indexed soon, or at once if many traces wait.
   *
   * @param trace of {@link open}
   */
  add(id: string, trace: PendingTrace, { texts, segments }: DocumentsOfTrace): void {
    trace.segments?.push(...segments)
    for (const text of texts) this.#characters += text.length
    this.#pending.set(id, trace)
  }

  /** Plans the next indexing. */
  schedule(): void {
    if (this.#pending.size > MAX_PENDING) this.index()
    else if (this.#pending.size > 0) {
      this.#timer ??= setTimeout(() => reportErrors(() => this.index(), this.events.failed), INDEX_AFTER_MS)
    }
  }

  /** Indexes the traces that wait. @throws {Error} if the index cannot be written; they go on waiting */
  index(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#pending.size === 0) return
    this.database.transaction(() => {
      const tables = new IndexTables(this.database)
      for (const [id, trace] of this.#pending) {
        reportErrors(() => this.#indexTrace(tables, id, trace), this.events.failed)
      }
      tables.write()
    })
    this.#pending.clear()
    this.events.changed?.()
    if (this.#characters > COLLECT_CHARACTERS) {
      this.#characters = 0
      collectGarbage()
    }
  }

  #indexTrace(tables: IndexTables, id: string, { key, segments }: PendingTrace): void {
    const row = this.database.prepare('SELECT state, trace_index FROM traces WHERE key = ?').get(key)
    if (row === undefined) return
    const trace = segments === undefined ? assembleTrace(id, this.documents.of(key)) : assembleParsed(id, segments)
    const index = indexTrace(trace)
    if (Number(row['state']) !== TraceState.written) tables.remove(key, parseTraceIndex(row['trace_index']))
    tables.add(key, index)
  }

  /** Forgets the traces that wait: the database has been replaced, and their rows are gone. */
  reset(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#pending.clear()
  }
}
