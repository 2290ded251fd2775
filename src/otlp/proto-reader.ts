import { byteAt } from '../bytes/byte-at.ts'
import { RejectedError } from '../component/rejected-error.ts'

/** A message that is not well-formed protobuf. */
export class WireError extends RejectedError {
  override readonly name = 'WireError'

  constructor(message: string) {
    super('invalid', message)
  }
}

/** The deepest nesting that is read, as in other protobuf readers. */
export const MAX_DEPTH = 100

/** A cursor over protobuf bytes (https://protobuf.dev/programming-guides/encoding). */
export class ProtoReader {
  bytes: Uint8Array = new Uint8Array(0)
  at = 0
  /** The halves of the last 64-bit value read. */
  low = 0
  high = 0

  /** @throws {WireError} if the varint is cut or over ten bytes; the value's upper half goes to {@link high} */
  varint(end: number): number {
    let at = this.at
    if (at >= end) throw new WireError('Cannot read a varint: the message is cut')
    let b = byteAt(this.bytes, at++)
    if (b < 0x80) {
      this.at = at
      this.high = 0
      return (this.low = b)
    }
    let low = b & 0x7f
    let high = 0
    for (let shift = 7;; shift += 7) {
      if (at >= end) throw new WireError('Cannot read a varint: the message is cut')
      if (shift > 63) throw new WireError('Cannot read a varint: it is over ten bytes')
      b = byteAt(this.bytes, at++)
      const part = b & 0x7f
      if (shift < 28) low |= part << shift
      else if (shift === 28) {
        low |= part << 28
        high = part >>> 4
      } else high |= part << (shift - 32)
      if (b < 0x80) break
    }
    this.at = at
    this.high = high | 0
    return (this.low = low | 0)
  }

  /** Reads a length and checks that so much is there; gives the position after it. */
  block(end: number): number {
    const size = this.varint(end)
    if (this.high !== 0 || size < 0 || this.at + size > end) {
      throw new WireError('Cannot read a field: its length goes beyond the message')
    }
    return this.at + size
  }

  /** Reads eight bytes into {@link low} and {@link high}. */
  fixed64(end: number): void {
    const at = this.at
    if (at + 8 > end) throw new WireError('Cannot read a 64-bit value: the message is cut')
    const b = this.bytes
    this.low = byteAt(b, at) | (byteAt(b, at + 1) << 8) | (byteAt(b, at + 2) << 16) | (byteAt(b, at + 3) << 24)
    this.high = byteAt(b, at + 4) | (byteAt(b, at + 5) << 8) | (byteAt(b, at + 6) << 16) | (byteAt(b, at + 7) << 24)
    this.at = at + 8
  }

  /** Skips the value of a field that is not known. */
  skip(tag: number, end: number, depth = 0): void {
    switch (tag & 7) {
      case 0:
        this.varint(end)
        return
      case 1:
        this.#forward(8, end)
        return
      case 2:
        this.at = this.block(end)
        return
      case 3: {
        if (depth > MAX_DEPTH) throw new WireError('Cannot skip a group: it is nested too deep')
        for (;;) {
          const inner = this.varint(end)
          if ((inner & 7) === 4) {
            if (inner >>> 3 !== tag >>> 3) throw new WireError('Cannot skip a group: its end has another number')
            return
          }
          this.skip(inner, end, depth + 1)
        }
      }
      case 5:
        this.#forward(4, end)
        return
      default:
        throw new WireError(`Cannot read a field: ${tag & 7} is no wire type here`)
    }
  }

  #forward(size: number, end: number): void {
    if (this.at + size > end) throw new WireError('Cannot skip a field: the message is cut')
    this.at += size
  }
}
