import { byteAt } from './byte-at.ts'

/** True if `known` is `source[start, end)`, byte by byte. */
export function sameBytes(known: Uint8Array, source: Uint8Array, start: number, end: number): boolean {
  const size = known.length
  if (size !== end - start) return false
  for (let i = 0; i < size; i++) if (byteAt(known, i) !== byteAt(source, start + i)) return false
  return true
}
