import { byteAt } from './byte-at.ts'

/** True if `bytes[start, end)` is `text`, which must be ASCII. */
export function bytesEqualText(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  const size = text.length
  if (end - start !== size) return false
  for (let i = 0; i < size; i++) if (byteAt(bytes, start + i) !== text.charCodeAt(i)) return false
  return true
}
