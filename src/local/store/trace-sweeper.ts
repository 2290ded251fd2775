import { type Clock, systemClock } from '../../async/clock.ts'
import { attempt } from '../../errors/attempt.ts'
import type { DocumentTable } from './document-table.ts'
import { IndexTables, parseTraceIndex } from './index-tables.ts'
import { deleteMinuteGraphsBefore } from './minute-graphs.ts'
import type { SourceRequests } from './source-requests.ts'
import type { StoreDatabase } from './store-database.ts'
import { TraceState } from './store-format.ts'
import { WitnessedClock } from './witnessed-clock.ts'

/** How much the store keeps. */
export interface Retention {
  /** Bytes in use; above it the oldest traces are deleted. */
  readonly maxBytes: number
  /** Milliseconds since a trace began; older traces are deleted. */
  readonly maxAgeMs: number
  readonly clock?: Clock
  /** Called when traces are kept that are too old by a clock that may be wrong, and when they are deleted after all. */
  readonly noticed?: (message: string) => void
}

/** Where traces are deleted from. */
export interface StoredTraces {
  readonly database: StoreDatabase
  readonly documents: DocumentTable
  readonly requests: SourceRequests
}

/** Traces that are deleted at once. */
const STEP = 50
/** While too much is in use, the oldest traces are deleted until it is this share less than the maximum. */
const ROOM = 1 / 100
const FAR_OVER = 1 / 50
/** Conditions on traces, with a time and a number of rows. */
const OLDEST = 'start >= 0 AND start < ? ORDER BY start LIMIT ?'
const UNREADABLE = 'start < ? LIMIT ?'

/** Deletes traces that are too old, and the oldest while the store is too large, a few at a time. */
export class TraceSweeper {
  readonly #clock: Clock
  readonly #time: WitnessedClock
  #isWaiting = false

  constructor(private readonly stored: StoredTraces, private readonly retention: Retention) {
    this.#clock = retention.clock ?? systemClock
    const newest = stored.database.prepare('SELECT max(start) AS start FROM traces WHERE start >= 0 AND start <= ?')
      .get(this.#clock.wall() / 1000)?.['start']
    this.#time = new WitnessedClock(this.#clock, typeof newest === 'number' ? newest * 1000 : undefined)
  }

  /** Whether more is in use than the store may have. */
  get isOver(): boolean {
    return this.stored.database.bytes() > this.retention.maxBytes
  }

  /** Whether so much is in use that nothing more may be written before something is deleted. */
  get isFarOver(): boolean {
    return this.stored.database.bytes() > this.retention.maxBytes * (1 + FAR_OVER)
  }

  /** Deletes the traces that could not be indexed; call it right after all have been. @returns how many */
  deleteUnreadable(): number {
    return this.#delete(UNREADABLE, 0)
  }

  /** Deletes a few traces. @returns how many; 0 if none has to go */
  step(): number {
    const deleted = this.#delete(OLDEST, this.#oldestKept())
    if (deleted > 0) return deleted
    const room = this.retention.maxBytes * ROOM
    return this.stored.database.bytes() > this.retention.maxBytes - room ? this.#delete(OLDEST, Infinity) : 0
  }

  /** When the oldest traces that are kept began, in Unix seconds. */
  #oldestKept(): number {
    const { maxAgeMs, noticed } = this.retention
    const [believed, wall] = [this.#time.now(), this.#clock.wall()]
    const isAhead = believed < wall
    if (isAhead !== this.#isWaiting && this.#hasBefore((wall - maxAgeMs) / 1000)) {
      const hours = ((wall - believed) / 3_600_000).toFixed(1)
      noticed?.(
        isAhead
          ? `the clock is ${hours} hours ahead of what passed or of the newest trace; traces that are too old by it are kept for 10 minutes, as it may be wrong`
          : 'the clock has stayed ahead; traces that are too old by it are deleted',
      )
    }
    this.#isWaiting = isAhead
    return (believed - maxAgeMs) / 1000
  }

  #hasBefore(start: number): boolean {
    return this.stored.database.prepare('SELECT 1 FROM traces WHERE start >= 0 AND start < ? LIMIT 1').get(start) !==
      undefined
  }

  #delete(condition: string, before: number): number {
    const { database, documents, requests } = this.stored
    return database.transaction(() => {
      const rows = database.prepare(
        `DELETE FROM traces WHERE key IN (SELECT key FROM traces WHERE ${condition}) RETURNING key, id, state, trace_index`,
      ).all(before, STEP)
      if (rows.length === 0) return 0
      documents.delete(rows.map(({ key }) => Number(key)))
      const tables = new IndexTables(database)
      for (const { key, state, trace_index: column } of rows) {
        const index = Number(state) === TraceState.written ? undefined : attempt(() => parseTraceIndex(column))
        if (index !== undefined) tables.remove(Number(key), index)
      }
      tables.write()
      const first = database.prepare('SELECT min(start) AS start FROM traces WHERE start >= 0').get()?.['start']
      deleteMinuteGraphsBefore(database, Number(first ?? this.#clock.wall() / 1000))
      requests.delete(rows.map(({ id }) => String(id)))
      return rows.length
    })
  }
}

/** The number of traces. */
export function countTraces(database: StoreDatabase): number {
  return Number(database.prepare('SELECT count(*) AS count FROM traces').get()?.['count'])
}
