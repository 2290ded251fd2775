import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { rowOf, type RowSize, type SpoolRow } from './spool-row.ts'

/** What waits for one lane. */
export interface LaneContents {
  readonly documents: number
  /** Bytes on disk. */
  readonly bytes: number
  /** The id of the oldest block; 0 if there is none. */
  readonly firstId: number
}

/** Whether a block waits for the lane `$lane`. */
const WAITS = `(blocks.lane = $lane OR (blocks.lane IS NULL AND
  EXISTS (SELECT 1 FROM waiting WHERE waiting.block = blocks.id AND waiting.lane = $lane)))`
const SUM_OF_BLOCKS = 'SELECT coalesce(sum(documents), 0) AS documents, coalesce(sum(length(bytes)), 0) AS bytes'

/** The blocks of a spool, and which lanes they wait for. Every method throws if the file is damaged. */
export class WaitingBlocks {
  readonly #read: StatementSync
  readonly #next: StatementSync
  readonly #lanesOf: StatementSync

  constructor(private readonly db: DatabaseSync) {
    this.#read = db.prepare('SELECT id, created, bytes, ends, traces FROM blocks WHERE id = ?')
    this.#next = db.prepare(`SELECT id FROM blocks WHERE id >= $from AND ${WAITS} ORDER BY id LIMIT 1`)
    this.#lanesOf = db.prepare(
      'SELECT lane FROM blocks WHERE id = $id AND lane IS NOT NULL UNION ALL SELECT lane FROM waiting WHERE block = $id',
    )
  }

  /** Documents and bytes on disk, of all blocks or of those that wait for at least one of the lanes. */
  total(lanes?: readonly number[]): { documents: number; bytes: number } {
    const which = lanes === undefined ? '' : `WHERE lane IN (${lanes.join()})
      OR (lane IS NULL AND id IN (SELECT block FROM waiting WHERE lane IN (${lanes.join()})))`
    const row = this.db.prepare(`${SUM_OF_BLOCKS} FROM blocks ${which}`).get()
    return { documents: Number(row?.['documents']), bytes: Number(row?.['bytes']) }
  }

  /** What waits for a lane from block `from` on. */
  contents(lane: number, from = 0): LaneContents {
    const row = this.db.prepare(
      `${SUM_OF_BLOCKS}, coalesce(min(id), 0) AS first FROM blocks WHERE id >= $from AND ${WAITS}`,
    ).get({ $from: from, $lane: lane })
    return { documents: Number(row?.['documents']), bytes: Number(row?.['bytes']), firstId: Number(row?.['first']) }
  }

  /** When the oldest block was written that waits for a lane, in Unix milliseconds. */
  oldest(lane: number): number | undefined {
    const row = this.db.prepare(`SELECT created FROM blocks WHERE ${WAITS} ORDER BY id LIMIT 1`).get({ $lane: lane })
    return row === undefined ? undefined : Number(row['created'])
  }

  /** When the newest block was written, in Unix milliseconds; undefined if there is none. */
  newest(): number | undefined {
    const row = this.db.prepare('SELECT created FROM blocks ORDER BY id DESC LIMIT 1').get()
    return row === undefined ? undefined : Number(row['created'])
  }

  /** The sizes of the first blocks that wait for a lane from block `from` on, oldest first. */
  sizes(lane: number, from: number, limit: number): RowSize[] {
    const rows = this.db.prepare(
      `SELECT id, documents, length(bytes) AS bytes FROM blocks WHERE id >= $from AND ${WAITS} ORDER BY id LIMIT $limit`,
    ).all({ $from: from, $lane: lane, $limit: limit })
    return rows.map(({ id, documents, bytes }) => ({
      id: Number(id),
      documents: Number(documents),
      bytes: Number(bytes),
    }))
  }

  /** The id of the first block from `from` on that waits for a lane. */
  next(lane: number, from: number): number | undefined {
    const row = this.#next.get({ $from: from, $lane: lane })
    return row === undefined ? undefined : Number(row['id'])
  }

  /** A block; undefined if it does not exist. @throws {Error} if it is malformed */
  read(id: number): SpoolRow | undefined {
    return rowOf(this.#read.get(id))
  }

  /** The lanes that a block waits for. */
  lanesOf(id: number): number[] {
    return this.#lanesOf.all({ $id: id }).map(({ lane }) => Number(lane))
  }
}
