import { compressText, decompressText } from '../../sqlite/compress.ts'
import { ServiceGraph } from '../../trace/service-graph.ts'
import type { Statements } from './statements.ts'

/** The map of each minute, in the database. */
export class MinuteGraphs {
  /** Those that changed and are not written. */
  readonly #changed = new Map<number, ServiceGraph>()

  constructor(private readonly statements: Statements) {}

  /** The map of a minute, to be changed and then written. @param time Unix seconds */
  at(time: number): ServiceGraph {
    const minute = Math.floor(time / 60)
    let graph = this.#changed.get(minute)
    if (graph === undefined) {
      const saved = this.statements.prepare('SELECT graph FROM minutes WHERE minute = ?').get(minute)
      graph = new ServiceGraph(saved === undefined ? {} : JSON.parse(decompressText(saved['graph'])))
      this.#changed.set(minute, graph)
    }
    return graph
  }

  /** Writes what changed. */
  write(): void {
    const write = this.statements.prepare('INSERT OR REPLACE INTO minutes (minute, graph) VALUES (?, ?)')
    for (const [minute, graph] of this.#changed) write.run(minute, compressText(JSON.stringify(graph)))
    this.#changed.clear()
  }

  /** Forgets what changed and was not written. */
  forget(): void {
    this.#changed.clear()
  }

  /** The maps of a span of time, in Unix seconds. */
  between(from: number, to: number): { minute: number; graph: ServiceGraph }[] {
    const sql = 'SELECT minute, graph FROM minutes WHERE minute BETWEEN ? AND ? ORDER BY minute'
    return this.statements.prepare(sql).all(Math.floor(from / 60), Math.floor(to / 60)).map((row) => ({
      minute: Number(row['minute']),
      graph: new ServiceGraph(JSON.parse(decompressText(row['graph']))),
    }))
  }

  /** Removes the minutes before that of a time. */
  removeBefore(time: number): void {
    this.statements.prepare('DELETE FROM minutes WHERE minute < ?').run(Math.floor(time / 60))
  }
}
