import { DatabaseSync } from 'node:sqlite'
import { attempt } from '../platform/attempt.ts'
import { unpackBytes } from '../platform/pack-bytes.ts'
import type { SpoolRow } from './spool.ts'

/** What could be read of a damaged spool. */
export interface Salvaged {
  readonly rows: readonly SpoolRow[]
  /** Rows that cannot be read; undefined if not even that can be told. */
  readonly unreadable: number | undefined
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Reads what can be read of a damaged spool: only rows whose documents are whole. */
export function salvage(file: string): Salvaged {
  const rows: SpoolRow[] = []
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file, { readOnly: true })
    const [first, last] = bounds(db)
    const one = db.prepare('SELECT id, created, bytes, ends, traces FROM blocks WHERE id = ?')
    let unreadable = 0
    // One id after the other: a page that is damaged in the middle ends a walk along the table, but not this.
    for (let id = first; id <= last; id++) {
      try {
        const row = rowOf(one.get(id))
        if (row === undefined) continue
        if (isWhole(row)) rows.push(row)
        else unreadable++
      } catch {
        unreadable++
      }
    }
    return { rows, unreadable }
  } catch {
    return { rows, unreadable: undefined }
  } finally {
    attempt(() => db?.close())
  }
}

/** The first and the last id, both of which lie at an edge of the table. @throws {Error} if they cannot be read */
function bounds(db: DatabaseSync): [number, number] {
  const row = db.prepare('SELECT (SELECT min(id) FROM blocks) AS first, (SELECT max(id) FROM blocks) AS last').get()
  return [Number(row?.['first'] ?? 1), Number(row?.['last'] ?? 0)]
}

/** Types a row of the table. @throws {Error} if a column is of the wrong type */
export function rowOf(row: Record<string, unknown> | undefined): SpoolRow | undefined {
  if (row === undefined) return undefined
  const { id, created, bytes, ends, traces } = row
  const areWords = ends instanceof Uint8Array && traces instanceof Uint8Array && ends.length % 4 === 0 &&
    ends.length === traces.length
  if (!(bytes instanceof Uint8Array) || !areWords) {
    throw new Error(`Cannot read row ${String(id)} of the spool: its columns are of the wrong type`)
  }
  const read = {
    id: Number(id),
    created: Number(created),
    bytes: unpackBytes(bytes),
    ends: wordsOf(ends),
    traces: wordsOf(traces),
    stored: bytes.length,
  }
  if (read.ends[read.ends.length - 1] !== read.bytes.length) {
    throw new Error(`Cannot read row ${String(id)} of the spool: it is malformed`)
  }
  return read
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

function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.slice().buffer)
}
