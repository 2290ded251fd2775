import type { DocumentTable } from './document-table.ts'
import { IndexTables, parseTraceIndex } from './index-tables.ts'
import { deleteMinuteGraphsBefore } from './minute-graphs.ts'
import type { SourceRequests } from './source-requests.ts'
import type { StoreDatabase } from './store-database.ts'
import { TraceState } from './store-format.ts'

/** How much the store keeps. */
export interface Retention {
  /** Bytes in use; above it the oldest traces are deleted. */
  readonly maxBytes: number
  /** Milliseconds since a trace began; older traces are deleted. */
  readonly maxAgeMs: number
}

/** Where traces are deleted from. */
export interface StoredTraces {
  readonly database: StoreDatabase
  readonly documents: DocumentTable
  readonly requests: SourceRequests
}

/** The share of traces that is deleted at once while the store is too large. */
const STEP = 1 / 50

/** Deletes traces that are too old, and the oldest while the store is too large. @returns how many were deleted */
export function sweepTraces(stored: StoredTraces, { maxBytes, maxAgeMs }: Retention): number {
  const { database } = stored
  let deleted = deleteTraces(stored, 'start < ?', (Date.now() - maxAgeMs) / 1000)
  while (database.bytes() > maxBytes) {
    const count = countTraces(database)
    if (count === 0) break
    const step = Math.ceil(count * STEP)
    deleted += deleteTraces(stored, 'key IN (SELECT key FROM traces ORDER BY start LIMIT ?)', step)
  }
  return deleted
}

/** The number of traces. */
export function countTraces(database: StoreDatabase): number {
  return Number(database.prepare('SELECT count(*) AS count FROM traces').get()?.['count'])
}

function deleteTraces({ database, documents, requests }: StoredTraces, condition: string, parameter: number): number {
  return database.transaction(() => {
    const rows = database.prepare(`DELETE FROM traces WHERE ${condition} RETURNING key, id, state, trace_index`)
      .all(parameter)
    if (rows.length === 0) return 0
    documents.delete(rows.map(({ key }) => Number(key)))
    const tables = new IndexTables(database)
    for (const { key, state, trace_index: index } of rows) {
      if (Number(state) !== TraceState.written) tables.remove(Number(key), parseTraceIndex(index))
    }
    tables.write()
    const first = database.prepare('SELECT min(start) AS start FROM traces').get()?.['start'] ?? Date.now() / 1000
    deleteMinuteGraphsBefore(database, Number(first))
    requests.delete(rows.map(({ id }) => String(id)))
    return rows.length
  })
}
