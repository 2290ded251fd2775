import { byteAt, cellAt } from '../bytes/byte-at.ts'
import { cutUtf8 } from '../bytes/cut-utf8.ts'
import type { InternedKey } from './key-table.ts'
import { MAX_ATTRIBUTES, MAX_TEXT_BYTES } from './limits.ts'

/** What an AnyValue holds; the numbers are the field numbers of opentelemetry.proto.common.v1.AnyValue. */
export const ValueType = { empty: 0, string: 1, bool: 2, int: 3, double: 4, array: 5, kvlist: 6, bytes: 7 } as const

const decoder = new TextDecoder()

/** Attributes that the columns have room for at first. */
const CAPACITY = 64
/** Longer columns are given back once the list is used again. */
const KEPT_CAPACITY = 512

/**
 * The attributes of one span, event, link, scope or resource, in columns: no object is made for an attribute, and the
 * columns are used again for the next span. Strings and nested messages are positions in {@link bytes}. It takes
 * {@link MAX_ATTRIBUTES}; readers drop further ones, and those with very long keys.
 */
export class AttributeList<K extends InternedKey = InternedKey> {
  /** What the positions refer to. */
  bytes: Uint8Array = new Uint8Array(0)
  count = 0
  /** Attributes that the reader dropped. */
  dropped = 0
  readonly keys: K[] = []
  types = new Uint8Array(CAPACITY)
  /** Where the string, bytes or nested message starts. */
  starts = new Int32Array(CAPACITY)
  ends = new Int32Array(CAPACITY)
  /** The lower 32 bits of integers; 1 and 0 for booleans. */
  lows = new Int32Array(CAPACITY)
  highs = new Int32Array(CAPACITY)
  doubles = new Float64Array(CAPACITY)

  reset(bytes: Uint8Array): void {
    this.bytes = bytes
    this.count = this.dropped = 0
    if (this.types.length <= KEPT_CAPACITY) return
    this.keys.length = 0
    this.types = new Uint8Array(CAPACITY)
    this.starts = new Int32Array(CAPACITY)
    this.ends = new Int32Array(CAPACITY)
    this.lows = new Int32Array(CAPACITY)
    this.highs = new Int32Array(CAPACITY)
    this.doubles = new Float64Array(CAPACITY)
  }

  /** True if no more attributes are taken. */
  get isFull(): boolean {
    return this.count === MAX_ATTRIBUTES
  }

  /** Adds an attribute of type empty. @returns its index */
  add(key: K): number {
    const i = this.count++
    if (i === this.types.length) this.#grow()
    this.keys[i] = key
    this.types[i] = ValueType.empty
    this.starts[i] =
      this.ends[i] =
      this.lows[i] =
      this.highs[i] =
        0
    return i
  }

  key(i: number): K {
    return this.keys[i] as K // filled up to count
  }

  type(i: number): number {
    return byteAt(this.types, i)
  }

  start(i: number): number {
    return cellAt(this.starts, i)
  }

  end(i: number): number {
    return cellAt(this.ends, i)
  }

  low(i: number): number {
    return cellAt(this.lows, i)
  }

  high(i: number): number {
    return cellAt(this.highs, i)
  }

  double(i: number): number {
    return cellAt(this.doubles, i)
  }

  /**
   * The string at `i`, cut at `maxBytes` of UTF-8; empty for any other type, as in the getters of other OpenTelemetry
   * readers.
   */
  text(i: number, maxBytes: number = MAX_TEXT_BYTES): string {
    if (this.type(i) !== ValueType.string) return ''
    const start = this.start(i)
    return decoder.decode(this.bytes.subarray(start, cutUtf8(this.bytes, start, this.end(i), maxBytes)))
  }

  /** The integer at `i` as a number; 0 for any other type. */
  int(i: number): number {
    return this.type(i) === ValueType.int ? this.high(i) * 4294967296 + (this.low(i) >>> 0) : 0
  }

  #grow(): void {
    const size = this.types.length * 2
    const copy = <T extends Uint8Array | Int32Array | Float64Array>(to: T, from: T): T => {
      to.set(from)
      return to
    }
    this.types = copy(new Uint8Array(size), this.types)
    this.starts = copy(new Int32Array(size), this.starts)
    this.ends = copy(new Int32Array(size), this.ends)
    this.lows = copy(new Int32Array(size), this.lows)
    this.highs = copy(new Int32Array(size), this.highs)
    this.doubles = copy(new Float64Array(size), this.doubles)
  }
}
