import type { DocumentBlock } from '../component/batch.ts'
import { compress, decompress } from '../sqlite/compress.ts'

/** A block of documents as the spool keeps it. */
export interface SpoolRow extends DocumentBlock {
  readonly id: number
  /** Unix milliseconds. */
  readonly created: number
  /** Bytes of the documents on disk, where they are compressed. */
  readonly stored: number
}

/** How large a block is. */
export interface RowSize {
  readonly id: number
  readonly documents: number
  /** Bytes on disk. */
  readonly bytes: number
}

/** The columns of a block, as they are on disk. */
export interface StoredBlock {
  /** Compressed, unless they are few. */
  readonly bytes: Uint8Array
  /** Little-endian words of 32 bits. */
  readonly ends: Uint8Array
  readonly traces: Uint8Array
}

/** Smaller blocks are not worth compressing, in bytes. */
const MIN_COMPRESSED_BYTES = 4096
const QUOTE = 0x22
const COMMA = 0x2c

/** The columns of a block. @param stored its bytes as they were stored before, so that they are not compressed again */
export function storedBlock({ bytes, ends, traces }: DocumentBlock, stored?: Uint8Array): StoredBlock {
  return { bytes: stored ?? compress(bytes, MIN_COMPRESSED_BYTES), ends: bytesOf(ends), traces: bytesOf(traces) }
}

/** Types a row of the table, and decompresses it. @throws {Error} if it is malformed; the message says so */
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
  if (!areDocuments(read)) throw new Error(`Cannot read row ${String(id)} of the spool: it is malformed`)
  return read
}

/** True if every document ends where its text does. Within a document no quote is followed by a comma and a quote. */
function areDocuments({ bytes, ends }: DocumentBlock): boolean {
  const last = ends.length - 1
  if (ends[last] !== bytes.length || bytes[0] !== QUOTE || bytes[bytes.length - 1] !== QUOTE) return false
  let start = 0
  for (let i = 0; i < last; i++) {
    const end = ends[i] ?? 0
    if (end < start + 2 || bytes[end - 1] !== QUOTE || bytes[end] !== COMMA || bytes[end + 1] !== QUOTE) return false
    start = end + 1
  }
  return bytes.length >= start + 2
}

/** Runs of ids that follow each other, as first and last. */
export function idRanges(ids: readonly number[]): [number, number][] {
  const found: [number, number][] = []
  for (const id of [...ids].sort((a, b) => a - b)) {
    const last = found[found.length - 1]
    if (last !== undefined && id <= last[1] + 1) last[1] = id
    else found.push([id, id])
  }
  return found
}

function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.slice().buffer)
}
