import { byteAt, cellAt } from '../bytes/byte-at.ts'
import type { Key } from './key-table.ts'

/** What an AnyValue holds; the numbers are the field numbers of opentelemetry.proto.common.v1.AnyValue. */
export const ValueType = { empty: 0, string: 1, bool: 2, int: 3, double: 4, array: 5, kvlist: 6, bytes: 7 } as const

const decoder = new TextDecoder()

/**
 * The attributes of one span, event, link or resource, in columns: no object is made for an attribute, and the columns
 * are used again for the next span. Texts are positions in {@link bytes}.
 */
export class AttributeList {
  /** What the positions refer to. */
  bytes: Uint8Array = new Uint8Array(0)
  count = 0
  readonly keys: Key[] = []
  types = new Uint8Array(64)
  /** Start of the text, or of the nested message. */
  starts = new Int32Array(64)
  ends = new Int32Array(64)
  /** Integers and booleans: the lower 32 bits. */
  lows = new Int32Array(64)
  highs = new Int32Array(64)
  doubles = new Float64Array(64)

  reset(bytes: Uint8Array): void {
    this.bytes = bytes
    this.count = 0
  }

  /** Opens a place for one attribute more, of type empty, and gives its index. */
  add(key: Key): number {
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

  key(i: number): Key {
    return this.keys[i] as Key // filled up to count
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

  /** The string at `i`; empty for any other type, as the readers of OpenTelemetry have it. */
  text(i: number): string {
    return this.type(i) === ValueType.string ? decoder.decode(this.bytes.subarray(this.start(i), this.end(i))) : ''
  }

  /** The integer at `i` as a number; 0 for any other type. */
  int(i: number): number {
    return this.type(i) === ValueType.int ? this.high(i) * 4294967296 + (this.low(i) >>> 0) : 0
  }

  /** The index of the first attribute with this number, or -1. */
  indexOf(id: number): number {
    for (let i = 0; i < this.count; i++) if (this.key(i).id === id) return i
    return -1
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
