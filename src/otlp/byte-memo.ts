import { byteAt } from '../bytes/byte-at.ts'

/** Remembers what was worked out for a run of bytes; starts anew when it holds `size` of them. */
export class ByteMemo<T> {
  #slots: ({ readonly bytes: Uint8Array; readonly value: T } | undefined)[] = []
  #count = 0

  /** @param size a power of two */
  constructor(private readonly size: number) {}

  /** What is known for `source[start, end)`; else what `make` gives, which is remembered. */
  find(source: Uint8Array, start: number, end: number, make: () => T): T {
    const mask = this.size * 2 - 1
    let slot = hashOf(source, start, end) & mask
    for (let entry = this.#slots[slot]; entry !== undefined; entry = this.#slots[slot]) {
      if (isSame(entry.bytes, source, start, end)) return entry.value
      slot = (slot + 1) & mask
    }
    const value = make()
    if (this.#count === this.size) {
      this.#slots = []
      this.#count = 0
      slot = hashOf(source, start, end) & mask
    }
    this.#slots[slot] = { bytes: source.slice(start, end), value }
    this.#count++
    return value
  }
}

/** Looks at up to 16 bytes, spread over all. */
function hashOf(source: Uint8Array, start: number, end: number): number {
  let hash = end - start
  const step = Math.max(1, (end - start) >> 4)
  for (let i = start; i < end; i += step) hash = Math.imul(hash ^ byteAt(source, i), 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}

function isSame(known: Uint8Array, source: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false
  for (let i = 0; i < known.length; i++) if (byteAt(known, i) !== byteAt(source, start + i)) return false
  return true
}
