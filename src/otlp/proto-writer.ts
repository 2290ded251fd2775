import { byteAt } from '../bytes/byte-at.ts'
import { hexDigit } from '../bytes/hex-digit.ts'
import { WireType } from './wire-type.ts'

const scratch = new DataView(new ArrayBuffer(8))

/** Writes protobuf. A nested message's length is a varint of four bytes, filled in once it is known. */
export class ProtoWriter {
  #bytes: Uint8Array
  #at = 0

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(Math.max(64, capacity))
  }

  /** The bytes written so far. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#at)
  }

  #reserve(size: number): void {
    if (this.#at + size <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + size))
    grown.set(this.#bytes.subarray(0, this.#at))
    this.#bytes = grown
  }

  #tag(number: number, wireType: number): void {
    const tag = (number << 3) | wireType
    if (tag >= 0x80) {
      this.#bytes[this.#at++] = (tag & 0x7f) | 0x80
      this.#bytes[this.#at++] = tag >>> 7
    } else this.#bytes[this.#at++] = tag
  }

  #length(size: number): void {
    while (size >= 0x80) {
      this.#bytes[this.#at++] = (size & 0x7f) | 0x80
      size >>>= 7
    }
    this.#bytes[this.#at++] = size
  }

  /** Opens a nested message. @returns what {@link close} needs */
  open(number: number): number {
    this.#reserve(8)
    this.#tag(number, WireType.bytes)
    this.#at += 4
    return this.#at
  }

  /** Closes a nested message, of less than 256 MiB. @param start what {@link open} returned */
  close(start: number): void {
    const size = this.#at - start
    this.#bytes[start - 4] = (size & 0x7f) | 0x80
    this.#bytes[start - 3] = ((size >>> 7) & 0x7f) | 0x80
    this.#bytes[start - 2] = ((size >>> 14) & 0x7f) | 0x80
    this.#bytes[start - 1] = (size >>> 21) & 0x7f
  }

  bytes(number: number, value: Uint8Array): void {
    this.copy(number, value, 0, value.length)
  }

  /** Writes `source[start, end)` as a string or bytes field. */
  copy(number: number, source: Uint8Array, start: number, end: number): void {
    const size = end - start
    this.#reserve(size + 8)
    this.#tag(number, WireType.bytes)
    this.#length(size)
    const out = this.#bytes
    let at = this.#at
    if (size > 64) out.set(source.subarray(start, end), at)
    else for (let i = start; i < end; i++) out[at++] = byteAt(source, i)
    this.#at += size
  }

  /** Writes the hex digits `source[start, end)` as a bytes field. @returns false if they are not hex digits */
  hex(number: number, source: Uint8Array, start: number, end: number): boolean {
    const size = (end - start) >> 1
    if ((end - start) & 1) return false
    this.#reserve(size + 8)
    this.#tag(number, WireType.bytes)
    this.#length(size)
    for (let i = start; i < end; i += 2) {
      const value = (hexDigit(byteAt(source, i)) << 4) | hexDigit(byteAt(source, i + 1))
      if (value < 0) return false
      this.#bytes[this.#at++] = value
    }
    return true
  }

  varint(number: number, low: number, high: number): void {
    this.#reserve(12)
    this.#tag(number, WireType.varint)
    let a = low >>> 0
    let b = high >>> 0
    while (b > 0 || a >= 0x80) {
      this.#bytes[this.#at++] = (a & 0x7f) | 0x80
      a = ((a >>> 7) | (b << 25)) >>> 0
      b >>>= 7
    }
    this.#bytes[this.#at++] = a
  }

  fixed32(number: number, value: number): void {
    this.#reserve(8)
    this.#tag(number, WireType.fixed32)
    for (let shift = 0; shift < 32; shift += 8) this.#bytes[this.#at++] = (value >>> shift) & 0xff
  }

  fixed64(number: number, low: number, high: number): void {
    this.#reserve(12)
    this.#tag(number, WireType.fixed64)
    for (let shift = 0; shift < 32; shift += 8) this.#bytes[this.#at++] = (low >>> shift) & 0xff
    for (let shift = 0; shift < 32; shift += 8) this.#bytes[this.#at++] = (high >>> shift) & 0xff
  }

  double(number: number, value: number): void {
    scratch.setFloat64(0, value, true)
    this.fixed64(number, scratch.getInt32(0, true), scratch.getInt32(4, true))
  }
}
