import { ByteKeyedCache } from '../bytes/byte-keyed-cache.ts'
import { sameBytes } from '../bytes/same-bytes.ts'

/** Longer keys are made each time, so that they cannot fill the memory; in bytes. */
const MAX_INTERNED_BYTES = 256

/** A key as a {@link KeyTable} holds it. The table's user adds what it needs to know of the key. */
export interface InternedKey {
  /** UTF-8. */
  readonly bytes: Uint8Array
  /** The key that came after it last time, and most likely comes again. Undefined at first; the table sets it. */
  next: this | undefined
}

/**
 * Interns keys by their bytes, so that what is known of a key is worked out once and not each time that it is read. Keys
 * that a sender makes up push out others, which are then worked out again; memory and time have a bound.
 */
export class KeyTable<K extends InternedKey> {
  readonly #keys: ByteKeyedCache<K>
  readonly #pinned: K[] = []

  /**
   * @param describe makes the key of a name, given as UTF-8; it may hold on to these bytes
   * @param capacity keys that the table holds, a power of two; a further one clears it of all that are not pinned
   */
  constructor(private readonly describe: (bytes: Uint8Array) => K, capacity = 1 << 12) {
    this.#keys = new ByteKeyedCache(capacity)
  }

  /** The key whose UTF-8 bytes are `source[start, end)`, where `previous` is the key before it. */
  findAfter(previous: K, source: Uint8Array, start: number, end: number): K {
    const { next } = previous
    if (next !== undefined && sameBytes(next.bytes, source, start, end)) return next
    const known = this.#keys.get(source, start, end)
    // Only keys of the table are linked: a chain of others would never be freed.
    return known === undefined ? this.#add(source, start, end) : (previous.next = known)
  }

  /** Interns a key that stays, whatever other keys come. @param bytes its name, UTF-8, of at most 256 bytes */
  pin(bytes: Uint8Array): void {
    const key = this.find(bytes, 0, bytes.length)
    if (!this.#pinned.includes(key) && this.#pinned.length < this.#keys.capacity / 2) this.#pinned.push(key)
  }

  /** The key whose UTF-8 bytes are `source[start, end)`. */
  find(source: Uint8Array, start: number, end: number): K {
    return this.#keys.get(source, start, end) ?? this.#add(source, start, end)
  }

  #add(source: Uint8Array, start: number, end: number): K {
    const key = this.describe(source.slice(start, end))
    if (end - start <= MAX_INTERNED_BYTES) this.#intern(key)
    return key
  }

  #intern(key: K): void {
    if (this.#keys.isFull) {
      // Links would hold on to the keys that are removed.
      for (const held of this.#keys.values()) held.next = undefined
      for (const pinned of this.#pinned) pinned.next = undefined
      this.#keys.clear()
      for (const pinned of this.#pinned) this.#keys.set(pinned.bytes, pinned)
    }
    this.#keys.set(key.bytes, key)
  }
}
