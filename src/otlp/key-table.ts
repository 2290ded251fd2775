import { ByteKeyedCache } from '../bytes/byte-keyed-cache.ts'
import { sameBytes } from '../bytes/same-bytes.ts'

/** Longer keys are made each time, so that they cannot fill the memory; in bytes. */
const MAX_KEY_BYTES = 256

/** A key as a {@link KeyTable} holds it. The table's user adds what it needs to know of the key. */
export interface InternedKey {
  /** UTF-8. */
  readonly bytes: Uint8Array
  /** The key that came after it last time, and most likely comes again. Undefined at first; the table sets it. */
  next: this | undefined
}

/** Interns keys by their bytes, so that what is known of a key is worked out once and not each time that it is read. */
export class KeyTable<K extends InternedKey> {
  readonly #keys: ByteKeyedCache<K>

  /**
   * @param describe makes the key of a name, given as UTF-8; it may hold on to these bytes
   * @param capacity keys that the table holds, a power of two; further ones are made each time
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

  /** The key whose UTF-8 bytes are `source[start, end)`. */
  find(source: Uint8Array, start: number, end: number): K {
    return this.#keys.get(source, start, end) ?? this.#add(source, start, end)
  }

  #add(source: Uint8Array, start: number, end: number): K {
    const key = this.describe(source.slice(start, end))
    if (end - start <= MAX_KEY_BYTES && !this.#keys.isFull) this.#keys.set(key.bytes, key)
    return key
  }
}
