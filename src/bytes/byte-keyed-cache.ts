import { randomFillSync } from 'node:crypto'
import { byteAt } from './byte-at.ts'
import { sameBytes } from './same-bytes.ts'

/** The key of every hash, of this process alone, so that no sender can choose keys that collide. */
const [KEY_0 = 0, KEY_1 = 0] = randomFillSync(new Int32Array(2))
/** Slots for each entry; few entries are then far from where they belong. */
const SLOTS_PER_ENTRY = 4
/** Slots that a key is looked for in at most, whatever is in them. */
const MAX_PROBES = 32

interface Entry<V> {
  readonly key: Uint8Array
  readonly value: V
}

/**
 * Values found by a run of bytes, without making a string of it. Open addressing with linear probing, over
 * a bounded number of slots: where keys crowd, a new one takes the place of another.
 */
export class ByteKeyedCache<V> {
  readonly #slots: (Entry<V> | undefined)[]
  readonly #mask: number
  #size = 0

  /** @param capacity entries that it holds at most, a power of two */
  constructor(readonly capacity: number) {
    this.#slots = new Array(capacity * SLOTS_PER_ENTRY).fill(undefined)
    this.#mask = capacity * SLOTS_PER_ENTRY - 1
  }

  /** Entries that it holds. */
  get size(): number {
    return this.#size
  }

  /** True if the next new key clears it. */
  get isFull(): boolean {
    return this.#size === this.capacity
  }

  /** The value of the key `source[start, end)`; undefined if it has none. */
  get(source: Uint8Array, start: number, end: number): V | undefined {
    const entry = this.#slots[this.#slotOf(source, start, end)]
    return entry !== undefined && sameBytes(entry.key, source, start, end) ? entry.value : undefined
  }

  /**
   * Sets the value of a key. A new key clears a cache that {@link isFull}.
   *
   * @param key its bytes, which the cache holds on to and nobody may change any more
   */
  set(key: Uint8Array, value: V): void {
    let slot = this.#slotOf(key, 0, key.length)
    if (this.#slots[slot] === undefined) {
      if (this.isFull) {
        this.clear()
        slot = this.#slotOf(key, 0, key.length)
      }
      this.#size++
    }
    this.#slots[slot] = { key, value }
  }

  /** Removes every entry. */
  clear(): void {
    this.#slots.fill(undefined)
    this.#size = 0
  }

  /** The values that it holds. */
  values(): V[] {
    return this.#slots.flatMap((entry) => entry === undefined ? [] : [entry.value])
  }

  /** The slot that holds the key, or the free one where it belongs; if neither is near, the first that was looked at. */
  #slotOf(source: Uint8Array, start: number, end: number): number {
    const first = hashOf(source, start, end) & this.#mask
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const slot = (first + probe) & this.#mask
      const entry = this.#slots[slot]
      if (entry === undefined || sameBytes(entry.key, source, start, end)) return slot
    }
    return first
  }
}

/** Words of four bytes that a hash looks at: all of them up to 256 bytes, else as many, spread over all. */
const HASHED_WORDS = 64

/** A hash of `source[start, end)` in 32 bits: HalfSipHash-1-3 with the size as its last word. */
function hashOf(source: Uint8Array, start: number, end: number): number {
  const size = end - start
  v0 = KEY_0
  v1 = KEY_1
  v2 = KEY_0 ^ 0x6c796765
  v3 = KEY_1 ^ 0x74656462
  let i = start
  const step = size <= HASHED_WORDS * 4 ? 4 : (size / HASHED_WORDS) | 0
  for (const last = end - 4; i <= last; i += step) {
    const word = byteAt(source, i) | (byteAt(source, i + 1) << 8) | (byteAt(source, i + 2) << 16) |
      (byteAt(source, i + 3) << 24)
    v3 ^= word
    round()
    v0 ^= word
  }
  let rest = size << 24
  for (let shift = 0; i < end; i++, shift += 8) rest ^= byteAt(source, i) << shift
  v3 ^= rest
  round()
  v0 ^= rest
  v2 ^= 0xff
  round()
  round()
  round()
  return v1 ^ v3
}

let v0 = 0
let v1 = 0
let v2 = 0
let v3 = 0

function round(): void {
  v0 = (v0 + v1) | 0
  v1 = (v1 << 5) | (v1 >>> 27)
  v1 ^= v0
  v0 = (v0 << 16) | (v0 >>> 16)
  v2 = (v2 + v3) | 0
  v3 = (v3 << 8) | (v3 >>> 24)
  v3 ^= v2
  v0 = (v0 + v3) | 0
  v3 = (v3 << 7) | (v3 >>> 25)
  v3 ^= v0
  v2 = (v2 + v1) | 0
  v1 = (v1 << 13) | (v1 >>> 19)
  v1 ^= v2
  v2 = (v2 << 16) | (v2 >>> 16)
}
