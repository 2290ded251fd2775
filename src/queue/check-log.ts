import { closeSync, openSync, readSync } from 'node:fs'
import { attempt } from '../errors/attempt.ts'
import { logBytes, markedBytes } from './open-marker.ts'

const HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24
/** The magic number, of which the last bit says in which order checksums read bytes. */
const MAGIC = 0x377f0682
/** A longer log is not read, as that would hold up the start. */
const MAX_BYTES = 64 << 20

/**
 * Examines the write-ahead log that a killed agent left, before SQLite opens it: SQLite takes what comes after damage for
 * the remains of older writes, and says nothing (https://sqlite.org/fileformat.html#the_write_ahead_log).
 *
 * @param path the spool's file
 * @returns what is wrong, as a clause; undefined if nothing is known to be
 */
export function checkLog(path: string): string | undefined {
  const marked = markedBytes(path)
  const bytes = logBytes(path)
  if (bytes === undefined) return marked ? `its write-ahead log, of at least ${marked} bytes, is gone` : undefined
  if (marked !== undefined && bytes < marked) {
    return `its write-ahead log was truncated from at least ${marked} bytes to ${bytes}`
  }
  if (bytes <= HEADER_BYTES || bytes > MAX_BYTES) return undefined
  const at = attempt(() => damageIn(`${path}-wal`, bytes))
  return at === undefined ? undefined : `its write-ahead log is damaged at byte ${at} of ${bytes}`
}

/** Where the damage begins; undefined if there is none. */
function damageIn(file: string, bytes: number): number | undefined {
  const handle = openSync(file, 'r')
  try {
    const header = read(handle, 0, HEADER_BYTES)
    const magic = header.getUint32(0)
    const pageBytes = header.getUint32(8)
    const isLittle = magic === MAGIC
    const checksum = new Checksum(isLittle)
    checksum.add(header, 0, 24)
    const isHeader = (isLittle || magic === MAGIC + 1) && pageBytes >= 512 && checksum.equals(header, 24)
    if (!isHeader) return 0
    const frameBytes = FRAME_HEADER_BYTES + pageBytes
    const isOfThisLog = (frame: DataView): boolean =>
      frame.getUint32(8) === header.getUint32(16) && frame.getUint32(12) === header.getUint32(20)
    let at = HEADER_BYTES
    for (; at + frameBytes <= bytes; at += frameBytes) {
      const frame = read(handle, at, frameBytes)
      if (!isOfThisLog(frame)) break
      checksum.add(frame, 0, 8)
      checksum.add(frame, FRAME_HEADER_BYTES, frameBytes)
      if (!checksum.equals(frame, 16)) break
    }
    // After the end there are frames of older logs only. The last one of all may be half written.
    for (let next = at + frameBytes; next + frameBytes <= bytes; next += frameBytes) {
      if (isOfThisLog(read(handle, next, FRAME_HEADER_BYTES))) return at
    }
    return undefined
  } finally {
    closeSync(handle)
  }
}

function read(handle: number, at: number, length: number): DataView {
  const bytes = new Uint8Array(length)
  if (readSync(handle, bytes, 0, length, at) < length) throw new Error('The file is shorter than it was')
  return new DataView(bytes.buffer)
}

/** The cumulative checksum of a log. */
class Checksum {
  #first = 0
  #second = 0

  constructor(private readonly isLittle: boolean) {}

  /** Adds a number of bytes that is a multiple of 8. */
  add(view: DataView, from: number, to: number): void {
    let [first, second] = [this.#first, this.#second]
    for (let i = from; i < to; i += 8) {
      first = (first + view.getUint32(i, this.isLittle) + second) >>> 0
      second = (second + view.getUint32(i + 4, this.isLittle) + first) >>> 0
    }
    this.#first = first
    this.#second = second
  }

  equals(view: DataView, at: number): boolean {
    return view.getUint32(at) === this.#first && view.getUint32(at + 4) === this.#second
  }
}
