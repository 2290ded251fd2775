import { DatabaseSync } from 'node:sqlite'
import { attempt } from '../errors/attempt.ts'
import { rowOf, type SpoolRow } from './spool-row.ts'
import type { StoredLane } from './spool.ts'

/** A row of a damaged spool. */
export interface RecoveredRow {
  readonly row: SpoolRow
  /** The lanes that it waits for; undefined if they cannot be read. */
  readonly lanes: readonly number[] | undefined
}

/** What could be read of a damaged spool. */
export interface Recovered {
  readonly rows: readonly RecoveredRow[]
  readonly lanes: readonly StoredLane[]
  /** Rows that cannot be read; undefined if not even their number is known. */
  readonly unreadable: number | undefined
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Reads what can be read of a damaged spool: only rows whose documents are whole. */
export function recover(file: string): Recovered {
  const rows: RecoveredRow[] = []
  let lanes: StoredLane[] = []
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file, { readOnly: true })
    lanes = attempt(() => readLanes(db as DatabaseSync)) ?? [] // it is open
    const [first, last] = bounds(db)
    const read = db.prepare('SELECT id, created, bytes, ends, traces FROM blocks WHERE id = ?')
    const waiting = attempt(() => db?.prepare('SELECT lane FROM waiting WHERE block = ?'))
    let unreadable = 0
    // One id after the other: a page that is damaged in the middle ends a walk along the table, but not this.
    for (let id = first; id <= last; id++) {
      try {
        const row = rowOf(read.get(id))
        if (row === undefined) continue
        const lanesOf = attempt(() => waiting?.all(id).map(({ lane }) => Number(lane)))
        if (isWhole(row)) rows.push({ row, lanes: lanesOf })
        else unreadable++
      } catch {
        unreadable++
      }
    }
    return { rows, lanes, unreadable }
  } catch {
    return { rows, lanes, unreadable: undefined }
  } finally {
    attempt(() => db?.close())
  }
}

function readLanes(db: DatabaseSync): StoredLane[] {
  return db.prepare('SELECT id, name FROM lanes').all().map(({ id, name }) => ({ id: Number(id), name: String(name) }))
}

/** The first and the last id, both of which lie at an edge of the table. @throws {Error} if they cannot be read */
function bounds(db: DatabaseSync): [number, number] {
  const row = db.prepare('SELECT (SELECT min(id) FROM blocks) AS first, (SELECT max(id) FROM blocks) AS last').get()
  return [Number(row?.['first'] ?? 1), Number(row?.['last'] ?? 0)]
}

/** SQLite has no checksums, so a row may be read and yet be garbage. */
function isWhole({ bytes, ends }: SpoolRow): boolean {
  try {
    const documents: unknown[] = JSON.parse(`[${decoder.decode(bytes)}]`)
    for (const document of documents) JSON.parse(String(document))
    return documents.length === ends.length
  } catch {
    return false
  }
}
