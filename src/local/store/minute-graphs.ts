import { attempt } from '../../errors/attempt.ts'
import { compressText, decompressText } from '../../sqlite/compress.ts'
import { ServiceGraph } from '../../trace/service-graph.ts'
import type { StoreDatabase } from './store-database.ts'

/** The service graph of each minute in which traces began, while a transaction changes them. */
export class MinuteGraphs {
  readonly #changed = new Map<number, ServiceGraph>()

  constructor(private readonly database: StoreDatabase) {}

  /** The graph of a minute, which the caller may change until {@link write}. @param time Unix seconds */
  at(time: number): ServiceGraph {
    const minute = Math.floor(time / 60)
    let graph = this.#changed.get(minute)
    if (graph === undefined) {
      const row = this.database.prepare('SELECT graph FROM minutes WHERE minute = ?').get(minute)
      graph = row === undefined ? new ServiceGraph() : parseGraph(row['graph'])
      this.#changed.set(minute, graph)
    }
    return graph
  }

  /** Writes the graphs that {@link at} returned. */
  write(): void {
    const write = this.database.prepare('INSERT OR REPLACE INTO minutes (minute, graph) VALUES (?, ?)')
    for (const [minute, graph] of this.#changed) write.run(minute, compressText(JSON.stringify(graph)))
    this.#changed.clear()
  }
}

/** The service graph of a minute. */
export interface MinuteGraph {
  /** Unix time in minutes. */
  readonly minute: number
  readonly graph: ServiceGraph
}

/** The graphs of a time range, in order. @param from Unix seconds @param to Unix seconds, inclusive */
export function readMinuteGraphs(database: StoreDatabase, from: number, to: number): MinuteGraph[] {
  const sql = 'SELECT minute, graph FROM minutes WHERE minute BETWEEN ? AND ? ORDER BY minute'
  const rows = database.prepare(sql).all(Math.floor(from / 60), Math.floor(to / 60))
  return rows.map(({ minute, graph }) => ({ minute: Number(minute), graph: parseGraph(graph) }))
}

/** Deletes the graphs of the minutes before the one that `time` is in. @param time Unix seconds */
export function deleteMinuteGraphsBefore(database: StoreDatabase, time: number): void {
  database.prepare('DELETE FROM minutes WHERE minute < ?').run(Math.floor(time / 60))
}

/** @returns an empty graph if it is damaged: one minute must not cost the others, nor the traces that began in it */
function parseGraph(column: unknown): ServiceGraph {
  return attempt(() => new ServiceGraph(JSON.parse(decompressText(column)))) ?? new ServiceGraph()
}
