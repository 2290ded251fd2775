import { type BatchPart, type DocumentBlock, partBytes } from '../component/batch.ts'

const COMMA = 0x2c

/** A row of which a lane delivered a part, and what is left of it. */
export interface PartlyDelivered {
  readonly id: number
  /** When it was written, in Unix milliseconds. */
  readonly created: number
  /** The documents that are not delivered. */
  readonly rest: DocumentBlock
}

/** Lays parts of one row out as a block. */
export function restOfRow(parts: readonly BatchPart[]): DocumentBlock {
  const pieces = parts.map(partBytes)
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length + 1, -1))
  const ends: number[] = []
  const traces: number[] = []
  let length = 0
  parts.forEach((part, i) => {
    if (i > 0) bytes[length++] = COMMA
    const piece = pieces[i] ?? bytes
    const shift = length - (piece.byteOffset - part.block.bytes.byteOffset)
    bytes.set(piece, length)
    length += piece.length
    for (let k = part.from; k < part.to; k++) {
      ends.push((part.block.ends[k] ?? 0) + shift)
      traces.push(part.block.traces[k] ?? 0)
    }
  })
  return { bytes, ends: Uint32Array.from(ends), traces: Uint32Array.from(traces) }
}
