import { compressText, decompressText } from '../../sqlite/compress.ts'
import type { TraceIndex } from '../../trace/trace-index.ts'
import { flagsOf } from './flags-of.ts'
import { MinuteGraphs } from './minute-graphs.ts'
import type { StoreDatabase } from './store-database.ts'
import { TraceState, USER_KEY } from './store-format.ts'

/** How much of a trace there is. */
export interface TraceSize {
  readonly documents: number
  /** Characters of the documents. */
  readonly characters: number
}

/**
 * The tables that are computed from traces, within one transaction: graphs are written by {@link write}, at its end.
 */
export class IndexTables {
  readonly #minutes: MinuteGraphs

  constructor(private readonly database: StoreDatabase) {
    this.#minutes = new MinuteGraphs(database)
  }

  /** Writes the index of a trace. @param key of the trace's row @param size of all of its documents */
  add(key: number, index: TraceIndex, size: TraceSize): void {
    this.#minutes.at(index.start).count(index, 1)
    const entry = index.summaries[index.entry]
    this.database.prepare(
      'UPDATE traces SET start = ?, duration = ?, response_time = ?, flags = ?, status = ?, method = ?, url = ?, name = ?, state = ?, trace_index = ?, document_count = ?, characters = ? WHERE key = ?',
    ).run(
      index.start,
      index.duration,
      index.responseTime,
      flagsOf(entry, index.partial),
      entry?.status ?? null,
      entry?.method ?? null,
      entry?.url ?? null,
      entry?.name ?? null,
      TraceState.indexed,
      compressText(JSON.stringify(index)),
      size.documents,
      size.characters,
      key,
    )
    this.#addServices(key, index)
    this.#forEachAnnotation(index, 'INSERT OR IGNORE INTO annotations (key, value, trace) VALUES (?, ?, ?)', key)
  }

  #addServices(key: number, { summaries }: TraceIndex): void {
    const services = new Map<string, number>()
    for (const summary of summaries) {
      services.set(summary.name, (services.get(summary.name) ?? 0) | flagsOf(summary, summary.partial))
    }
    const insert = this.database.prepare('INSERT OR REPLACE INTO services (name, trace, flags) VALUES (?, ?, ?)')
    for (const [name, flags] of services) insert.run(name, key, flags)
  }

  /** Removes the index of a trace, but not what is in the trace's own row. @param index as it was added */
  remove(key: number, index: TraceIndex): void {
    this.#minutes.at(index.start).count(index, -1)
    const statement = this.database.prepare('DELETE FROM services WHERE trace = ? AND name = ?')
    for (const name of new Set(index.summaries.map(({ name }) => name))) statement.run(key, name)
    this.#forEachAnnotation(index, 'DELETE FROM annotations WHERE key = ? AND value = ? AND trace = ?', key)
  }

  /** Runs a statement for each annotation and each user, which are found in the same table. */
  #forEachAnnotation({ summaries }: TraceIndex, sql: string, trace: number): void {
    const statement = this.database.prepare(sql)
    for (const { annotations, user } of summaries) {
      if (user !== undefined) statement.run(USER_KEY, user, trace)
      for (const [key, value] of Object.entries(annotations)) {
        statement.run(key, typeof value === 'boolean' ? Number(value) : value, trace)
      }
    }
  }

  /** Writes the service graphs that have changed. */
  write(): void {
    this.#minutes.write()
  }
}

/** Reads the column `trace_index`. @throws {Error} if it is damaged */
export function parseTraceIndex(column: unknown): TraceIndex {
  return JSON.parse(decompressText(column))
}
