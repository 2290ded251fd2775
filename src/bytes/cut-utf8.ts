import { byteAt } from './byte-at.ts'

/** Where UTF-8 text that starts at `start` ends if at most `size` bytes of it are taken, and no character is split. */
export function cutUtf8(bytes: Uint8Array, start: number, end: number, size: number): number {
  if (end - start <= size) return end
  let cut = start + size
  for (let back = 0; back < 3 && cut > start && (byteAt(bytes, cut) & 0xc0) === 0x80; back++) cut--
  return cut
}
