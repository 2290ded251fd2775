import { byteAt } from '../bytes/byte-at.ts'
import { doubleOf } from '../bytes/double-of.ts'
import { type AttributeList, ValueType } from './attribute-list.ts'
import type { InternedKey, KeyTable } from './key-table.ts'
import { MAX_KEY_BYTES } from './limits.ts'
import type { ProtoReader } from './proto-reader.ts'
import { anyValueMessage, keyValueMessage } from './trace-request.ts'

const { key: KEY, value: VALUE } = keyValueMessage.tags
const { tags } = anyValueMessage
const STRING = tags.stringValue

/**
 * Reads a KeyValue message and adds it to `list`, or drops it if the list is full. A key that comes twice is there twice.
 *
 * @param reader at the start of the message; then at its end
 * @param end where the message ends
 * @throws {WireError} if it is not well-formed
 */
export function readKeyValue<K extends InternedKey>(
  reader: ProtoReader,
  end: number,
  keys: KeyTable<K>,
  list: AttributeList<K>,
): void {
  if (list.isFull) {
    list.dropped++
    reader.at = end
    return
  }
  const { bytes, at } = reader
  // The form that all writers use, with lengths below 128, is read without the loop: it is nearly every attribute.
  const keyEnd = at + 2 + byteAt(bytes, at + 1)
  const valueStart = keyEnd + 2
  if (keyEnd - at < 130 && valueStart <= end && bytes[at] === KEY && bytes[keyEnd] === VALUE) {
    const size = byteAt(bytes, keyEnd + 1)
    if (size < 128 && valueStart + size === end) {
      const i = add(list, keys, bytes, at + 2, keyEnd)
      if (size > 2 && bytes[valueStart] === STRING && byteAt(bytes, valueStart + 1) === size - 2) {
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

/**
 * Reads every KeyValue of a message into `list`; other fields are passed over.
 *
 * @param reader at the start of the message; then at its end
 * @param end where the message ends
 * @param tag of the message's repeated KeyValue field
 * @throws {WireError} if it is not well-formed
 */
export function readKeyValues<K extends InternedKey>(
  reader: ProtoReader,
  end: number,
  tag: number,
  keys: KeyTable<K>,
  list: AttributeList<K>,
): void {
  while (reader.at < end) {
    const next = reader.tag(end)
    if (next === tag) {
      readKeyValue(reader, reader.block(end), keys, list)
      // Nothing else is in such a message, and there may be millions.
      if (list.dropped > 0 && list.isFull) reader.at = end
    } else reader.skip(next, end)
  }
}

function add<K extends InternedKey>(
  list: AttributeList<K>,
  keys: KeyTable<K>,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  const { count } = list
  return list.add(count === 0 ? keys.find(bytes, start, end) : keys.findAfter(list.key(count - 1), bytes, start, end))
}

function readAnyKeyValue<K extends InternedKey>(
  reader: ProtoReader,
  end: number,
  keys: KeyTable<K>,
  list: AttributeList<K>,
): void {
  let keyStart = 0
  let keyEnd = 0
  let valueStart = -1
  let valueEnd = -1
  while (reader.at < end) {
    const tag = reader.tag(end)
    if (tag === KEY) {
      keyEnd = reader.block(end)
      keyStart = reader.at
      reader.at = keyEnd
    } else if (tag === VALUE) {
      valueEnd = reader.block(end)
      valueStart = reader.at
      reader.at = valueEnd
    } else reader.skip(tag, end)
  }
  if (keyEnd - keyStart > MAX_KEY_BYTES) {
    list.dropped++
    return
  }
  const i = add(list, keys, reader.bytes, keyStart, keyEnd)
  if (valueStart < 0) return
  reader.at = valueStart
  readAnyValue(reader, valueEnd, list, i)
  reader.at = end
}

/**
 * Reads an AnyValue message into the attribute at `i`. The last member of the oneof wins.
 *
 * @param reader at the start of the message; then at its end
 * @param end where the message ends
 * @throws {WireError} if it is not well-formed; nested messages are not looked at
 */
export function readAnyValue(reader: ProtoReader, end: number, list: AttributeList, i: number): void {
  while (reader.at < end) {
    const tag = reader.tag(end)
    switch (tag) {
      case tags.stringValue:
      case tags.arrayValue:
      case tags.kvlistValue:
      case tags.bytesValue: {
        const stop = reader.block(end)
        list.types[i] = tag >>> 3
        list.starts[i] = reader.at
        list.ends[i] = stop
        reader.at = stop
        break
      }
      case tags.boolValue:
        list.lows[i] = (reader.varint(end) | reader.high) === 0 ? 0 : 1
        list.types[i] = ValueType.bool
        break
      case tags.intValue:
        list.lows[i] = reader.varint(end)
        list.highs[i] = reader.high
        list.types[i] = ValueType.int
        break
      case tags.doubleValue:
        reader.fixed64(end)
        list.doubles[i] = doubleOf(reader.low, reader.high)
        list.types[i] = ValueType.double
        break
      default:
        reader.skip(tag, end)
    }
  }
}
