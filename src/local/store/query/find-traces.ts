import { attempt } from '../../../errors/attempt.ts'
import { matchFilter } from '../../../trace/filter/match-filter.ts'
import type { TraceIndex } from '../../../trace/trace-index.ts'
import { parseTraceIndex } from '../index-tables.ts'
import type { StoreDatabase } from '../store-database.ts'
import { filterToSql, type Lookup } from './filter-to-sql.ts'
import type { TracePage, TraceQuery } from './trace-query.ts'

/** Traces that began earlier than this before the time range do not reach into it, in seconds. */
const MAX_DURATION_S = 86_400
/** Matching rows from which on it is quicker to look up each trace than to collect the traces of all rows. */
const FREQUENT_ROWS = 5000
/** Rows that are read at once. */
const PAGE_ROWS = 500

/** Finds the traces that match a query, the newest first. */
export function findTraces(database: StoreDatabase, query: TraceQuery): TracePage {
  const { from, to, by = 'TraceId', filter, limit, after } = query
  const isFrequent = (lookup: Lookup): boolean => countUpTo(database, lookup, FREQUENT_ROWS) === FREQUENT_ROWS
  const { sql, parameters } = filter === undefined ? { sql: '1', parameters: [] } : filterToSql(filter, isFrequent)
  const statement = database.prepare(
    `SELECT key, start, trace_index FROM traces WHERE start BETWEEN ? AND ? AND start + ? * duration >= ? AND (start, key) < (?, ?) AND ${sql} ORDER BY start DESC, key DESC LIMIT ${PAGE_ROWS}`,
  )
  const isByStart = by === 'TraceId'
  const range = [isByStart ? from : from - MAX_DURATION_S, to, isByStart ? 0 : 1, from]
  const traces: TraceIndex[] = []
  let processed = 0
  let cursor = after ?? { start: Infinity, key: Infinity }
  while (true) {
    const rows = statement.all(...range, cursor.start, cursor.key, ...parameters)
    for (const row of rows) {
      processed++
      cursor = { start: Number(row['start']), key: Number(row['key']) }
      // A damaged row must not hide the others.
      const trace = attempt(() => parseTraceIndex(row['trace_index']))
      if (trace === undefined || !matchQuery(query, trace)) continue
      traces.push(trace)
      if (traces.length === limit) return { traces, processed, next: cursor }
    }
    if (rows.length < PAGE_ROWS) return { traces, processed, next: undefined }
  }
}

/** Whether a trace matches the parts of a query that SQL does not check. */
function matchQuery({ from, to, by, share = 1, filter, groups }: TraceQuery, trace: TraceIndex): boolean {
  if (filter !== undefined && !matchFilter(filter, trace, groups)) return false
  // The end of an id is random in every scheme.
  if (share < 1 && parseInt(trace.id.slice(-8), 16) / 2 ** 32 >= share) return false
  return by !== 'Service' || trace.summaries.some(({ start }) => start >= from && start <= to)
}

function countUpTo(database: StoreDatabase, { table, sql, parameters }: Lookup, limit: number): number {
  const rows = database.prepare(`SELECT count(*) AS count FROM (SELECT 1 FROM ${table} WHERE ${sql} LIMIT ${limit})`)
  return Number(rows.get(...parameters)?.['count'])
}
