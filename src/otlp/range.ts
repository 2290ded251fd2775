/** A part of a message, as positions in its bytes: from `start` up to `end`, exclusive. One that ends at 0 is absent. */
export interface Range {
  start: number
  end: number
}

/** Sets a range to absent. */
export function clear(range: Range): void {
  range.start = range.end = 0
}

/** True if every byte of the range is 0, or it is absent. */
export function isZero(bytes: Uint8Array, range: Range): boolean {
  for (let i = range.start; i < range.end; i++) if (bytes[i] !== 0) return false
  return true
}

/** True if the range is absent or has no bytes. */
export function isEmptyRange(range: Range): boolean {
  return range.end <= range.start
}
