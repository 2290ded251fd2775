import { byteAt } from '../bytes/byte-at.ts'
import { checkDepth } from './check-depth.ts'
import type { Range } from './range.ts'
import { WireError } from './wire-error.ts'
import { WireType } from './wire-type.ts'

/** A cursor over protobuf bytes (https://protobuf.dev/programming-guides/encoding). */
export class ProtoReader {
  /** The halves of the last value read, 32 bits each. */
  low = 0
  high = 0

  /** Where it reads next. */
  at: number

  constructor(readonly bytes: Uint8Array, start = 0) {
    this.at = start
  }

  /**
   * Reads a varint of up to 64 bits.
   *
   * @param end where the message ends
   * @returns the lower 32 bits, signed; the upper half goes to {@link high}
   * @throws {WireError} if the varint is cut or over ten bytes
   */
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

  /**
   * Reads a field's tag: its number and wire type.
   *
   * @param end where the message ends
   * @throws {WireError} if it is cut, over 32 bits, or has the number 0
   */
  tag(end: number): number {
    const tag = this.varint(end)
    if (this.high !== 0 || tag >>> 3 === 0) throw new WireError('Cannot read a field: its tag is not valid')
    return tag
  }

  /**
   * Reads the length of a string, bytes or message field, and goes to the start of its value.
   *
   * @param end where the message ends
   * @returns where the value ends
   * @throws {WireError} if that is beyond `end`
   */
  block(end: number): number {
    const size = this.varint(end)
    if (this.high !== 0 || size < 0 || this.at + size > end) {
      throw new WireError('Cannot read a field: its length goes beyond the message')
    }
    return this.at + size
  }

  /** Reads a string, bytes or message field into `range`. @throws {WireError} see {@link block} */
  range(end: number, range: Range): void {
    range.end = this.block(end)
    range.start = this.at
    this.at = range.end
  }

  /** Reads eight bytes into {@link low} and {@link high}. @throws {WireError} if they are cut */
  fixed64(end: number): void {
    const at = this.at
    if (at + 8 > end) throw new WireError('Cannot read a 64-bit value: the message is cut')
    const b = this.bytes
    this.low = byteAt(b, at) | (byteAt(b, at + 1) << 8) | (byteAt(b, at + 2) << 16) | (byteAt(b, at + 3) << 24)
    this.high = byteAt(b, at + 4) | (byteAt(b, at + 5) << 8) | (byteAt(b, at + 6) << 16) | (byteAt(b, at + 7) << 24)
    this.at = at + 8
  }

  /** Skips the value of a field that is not known. @throws {WireError} if it is not well-formed */
  skip(tag: number, end: number, depth = 0): void {
    switch (tag & 7) {
      case WireType.varint:
        this.varint(end)
        return
      case WireType.fixed64:
        this.#forward(8, end)
        return
      case WireType.bytes:
        this.at = this.block(end)
        return
      case WireType.startGroup: {
        checkDepth(depth, 'a group')
        for (;;) {
          const inner = this.tag(end)
          if ((inner & 7) === WireType.endGroup) {
            if (inner >>> 3 !== tag >>> 3) throw new WireError('Cannot skip a group: its end has another number')
            return
          }
          this.skip(inner, end, depth + 1)
        }
      }
      case WireType.fixed32:
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
