import type { DocumentBlock } from '../component/batch.ts'
import { decompress } from '../sqlite/compress.ts'

/** A block of documents as the spool keeps it. */
export interface SpoolRow extends DocumentBlock {
  readonly id: number
  /** Unix milliseconds. */
  readonly created: number
  /** Bytes of the documents on disk, where they are packed. */
  readonly stored: number
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
    bytes: decompress(bytes),
    ends: wordsOf(ends),
    traces: wordsOf(traces),
    stored: bytes.length,
  }
  if (read.ends[read.ends.length - 1] !== read.bytes.length) {
    throw new Error(`Cannot read row ${String(id)} of the spool: it is malformed`)
  }
  return read
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.slice().buffer)
}
