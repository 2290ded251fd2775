import { filterToSql, type Lookup } from './filter-to-sql.ts'
import { matchQuery } from './match-query.ts'
import { decompressText } from '../../sqlite/compress.ts'
import type { Statements } from './statements.ts'
import type { TraceIndex } from '../../trace/trace-index.ts'
import type { TracePage, TraceQuery } from './trace-query.ts'

/** Traces that began longer ago are not looked at for what goes on, in seconds. */
const MOST_DURATION = 86_400
/** Of more rows than this it is quicker to ask for each trace whether there is one. */
const FREQUENT = 5000
/** Rows that are read at once. */
const ROWS = 500

/** Finds traces in the database, the newest first. */
export function findTraces(statements: Statements, query: TraceQuery): TracePage {
  const { from, to, by = 'TraceId', filter, limit, after } = query
  const isFrequent = (lookup: Lookup): boolean => countUpTo(statements, lookup, FREQUENT) === FREQUENT
  const { sql, parameters } = filter === undefined ? { sql: '1', parameters: [] } : filterToSql(filter, isFrequent)
  const statement = statements.prepare(
    `SELECT key, start, facts FROM traces WHERE start BETWEEN ? AND ? AND start + ? * duration >= ? AND (start, key) < (?, ?) AND ${sql} ORDER BY start DESC, key DESC LIMIT ${ROWS}`,
  )
  const isByStart = by === 'TraceId'
  const range = [isByStart ? from : from - MOST_DURATION, to, isByStart ? 0 : 1, from]
  const traces: TraceIndex[] = []
  let processed = 0
  let at = after ?? { start: Infinity, key: Infinity }
  while (true) {
    const rows = statement.all(...range, at.start, at.key, ...parameters)
    for (const row of rows) {
      processed++
      at = { start: Number(row['start']), key: Number(row['key']) }
      const facts = parseFacts(row['facts'])
      if (!matchQuery(query, facts)) continue
      traces.push(facts)
      if (traces.length === limit) return { traces, processed, next: at }
    }
    if (rows.length < ROWS) return { traces, processed, next: undefined }
  }
}

function countUpTo(statements: Statements, { table, sql, parameters }: Lookup, most: number): number {
  const rows = statements.prepare(`SELECT count(*) AS count FROM (SELECT 1 FROM ${table} WHERE ${sql} LIMIT ${most})`)
  return Number(rows.get(...parameters)?.['count'])
}

/** The facts of a trace, as they are kept. */
export function parseFacts(packed: unknown): TraceIndex {
  return JSON.parse(decompressText(packed))
}
