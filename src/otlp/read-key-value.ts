import { type AttributeList, ValueType } from './attribute-list.ts'
import { byteAt } from '../bytes/byte-at.ts'
import type { KeyTable } from './key-table.ts'
import type { ProtoReader } from './proto-reader.ts'

/** Reads one KeyValue message, which ends at `end`, into the next place of `list`. */
export function readKeyValue(reader: ProtoReader, end: number, keys: KeyTable, list: AttributeList): void {
  const { bytes, at } = reader
  // The form that all writers use, with lengths below 128, is read without the loop: it is nearly every attribute.
  const keyEnd = at + 2 + byteAt(bytes, at + 1)
  const valueStart = keyEnd + 2
  if (keyEnd - at < 130 && valueStart <= end && bytes[at] === 0x0a && bytes[keyEnd] === 0x12) {
    const size = byteAt(bytes, keyEnd + 1)
    if (size < 128 && valueStart + size === end) {
      const i = add(list, keys, bytes, at + 2, keyEnd)
      if (size > 2 && bytes[valueStart] === 0x0a && byteAt(bytes, valueStart + 1) === size - 2) {
        list.types[i] = ValueType.string
        list.starts[i] = valueStart + 2
        list.ends[i] = end
        reader.at = end
        return
      }
      reader.at = valueStart
      return readAnyValue(reader, end, list, i)
    }
  }
  readAnyKeyValue(reader, end, keys, list)
}

function add(list: AttributeList, keys: KeyTable, bytes: Uint8Array, start: number, end: number): number {
  const { count } = list
  return list.add(count === 0 ? keys.find(bytes, start, end) : keys.findBehind(list.key(count - 1), bytes, start, end))
}

function readAnyKeyValue(reader: ProtoReader, end: number, keys: KeyTable, list: AttributeList): void {
  const { bytes } = reader
  let keyStart = 0
  let keyEnd = 0
  let valueStart = -1
  let valueEnd = -1
  while (reader.at < end) {
    const tag = reader.varint(end)
    if (tag === 0x0a) {
      keyEnd = reader.block(end)
      keyStart = reader.at
      reader.at = keyEnd
    } else if (tag === 0x12) {
      valueEnd = reader.block(end)
      valueStart = reader.at
      reader.at = valueEnd
    } else reader.skip(tag, end)
  }
  const i = add(list, keys, bytes, keyStart, keyEnd)
  if (valueStart < 0) return
  reader.at = valueStart
  readAnyValue(reader, valueEnd, list, i)
}

/** Reads an AnyValue message, which ends at `end`, into place `i` of `list`. The last member of the oneof wins. */
export function readAnyValue(reader: ProtoReader, end: number, list: AttributeList, i: number): void {
  while (reader.at < end) {
    const tag = reader.varint(end)
    switch (tag) {
      case 0x0a:
      case 0x2a:
      case 0x32:
      case 0x3a: {
        const stop = reader.block(end)
        list.types[i] = tag >>> 3
        list.starts[i] = reader.at
        list.ends[i] = stop
        reader.at = stop
        break
      }
      case 0x10:
        list.lows[i] = (reader.varint(end) | reader.high) === 0 ? 0 : 1
        list.types[i] = ValueType.bool
        break
      case 0x18:
        list.lows[i] = reader.varint(end)
        list.highs[i] = reader.high
        list.types[i] = ValueType.int
        break
      case 0x21:
        reader.fixed64(end)
        list.doubles[i] = doubleOf(reader.low, reader.high)
        list.types[i] = ValueType.double
        break
      default:
        reader.skip(tag, end)
    }
  }
}

const scratch = new DataView(new ArrayBuffer(8))

function doubleOf(low: number, high: number): number {
  scratch.setInt32(0, low, true)
  scratch.setInt32(4, high, true)
  return scratch.getFloat64(0, true)
}

/** Calls `each` with the end of every length-delimited field `number` of the message; other fields are skipped. */
export function forEachField(reader: ProtoReader, end: number, number: number, each: (end: number) => void): void {
  const wanted = (number << 3) | 2
  while (reader.at < end) {
    const tag = reader.varint(end)
    if (tag === wanted) {
      const stop = reader.block(end)
      each(stop)
      reader.at = stop
    } else reader.skip(tag, end)
  }
}

/** True if the bytes from `start` have the text `word`, ASCII, up to `end`. */
export function isWord(bytes: Uint8Array, start: number, end: number, word: string): boolean {
  if (end - start !== word.length) return false
  for (let i = 0; i < word.length; i++) if (byteAt(bytes, start + i) !== word.charCodeAt(i)) return false
  return true
}
