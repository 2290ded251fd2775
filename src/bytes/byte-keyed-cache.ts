import { byteAt } from './byte-at.ts'
import { sameBytes } from './same-bytes.ts'

/** Where every hash starts. It is the same in each process, so a sender can choose keys that collide. */
const SEED = 0x9e3779b1

interface Entry<V> {
  readonly key: Uint8Array
  readonly value: V
}

/**
 * Values found by a run of bytes, without making a string of it. Open addressing with linear probing; never more than
 * half of the slots are taken.
 */
export class ByteKeyedCache<V> {
  readonly #slots: (Entry<V> | undefined)[]
  readonly #mask: number
  #size = 0

  /** @param capacity entries that it holds at most, a power of two */
  constructor(private readonly capacity: number) {
    this.#slots = new Array(capacity * 2).fill(undefined)
    this.#mask = capacity * 2 - 1
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
    return this.#slots[this.#slotOf(source, start, end)]?.value
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
        this.#slots.fill(undefined)
        this.#size = 0
        slot = this.#slotOf(key, 0, key.length)
      }
      this.#size++
    }
    this.#slots[slot] = { key, value }
  }

  /** The slot that holds the key, or the free one where it belongs. */
  #slotOf(source: Uint8Array, start: number, end: number): number {
    let slot = hashOf(source, start, end) & this.#mask
    for (;;) {
      const entry = this.#slots[slot]
      if (entry === undefined || sameBytes(entry.key, source, start, end)) return slot
      slot = (slot + 1) & this.#mask
    }
  }
}

/** Words of four bytes that a hash looks at: all of them up to 64 bytes, else as many, spread over all. */
const HASHED_WORDS = 16

/** A hash of `source[start, end)` in 32 bits. */
function hashOf(source: Uint8Array, start: number, end: number): number {
  const size = end - start
  let hash = SEED ^ size
  let i = start
  const step = size <= HASHED_WORDS * 4 ? 4 : (size / HASHED_WORDS) | 0
  for (const last = end - 4; i <= last; i += step) {
    const word = byteAt(source, i) | (byteAt(source, i + 1) << 8) | (byteAt(source, i + 2) << 16) |
      (byteAt(source, i + 3) << 24)
    hash = mix(hash, word)
  }
  for (; i < end; i++) hash = mix(hash, byteAt(source, i))
  return hash ^ (hash >>> 15)
}

/** A multiplication moves bits up only, so the shift brings the upper ones down. */
function mix(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x85ebca6b)
  return product ^ (product >>> 13)
}
