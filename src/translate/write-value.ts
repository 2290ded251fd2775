import { AttributeList, ValueType } from '../otlp/attribute-list.ts'
import type { KeyTable } from '../otlp/key-table.ts'
import { MAX_DEPTH, ProtoReader, WireError } from '../otlp/proto-reader.ts'
import { readAnyValue, readKeyValue } from '../otlp/read-key-value.ts'
import type { DocumentWriter } from '../segment/document-writer.ts'
import { L } from './literal.ts'

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Writes the value at `i` of `list` as JSON: bytes as base64, NaN and the infinities as strings, empty as null. */
export function writeValue(w: DocumentWriter, list: AttributeList, i: number, keys: KeyTable, depth = 0): void {
  switch (list.type(i)) {
    case ValueType.string:
      return w.string(list.bytes, list.start(i), list.end(i))
    case ValueType.int:
      return w.int64(list.low(i), list.high(i))
    case ValueType.bool:
      return w.raw(list.low(i) === 0 ? L.false : L.true)
    case ValueType.double:
      return w.double(list.double(i))
    case ValueType.bytes:
      if (list.end(i) === list.start(i)) return w.raw(L.null)
      return writeBase64(w, list.bytes.subarray(list.start(i), list.end(i)))
    case ValueType.array:
      return writeArray(w, list.bytes, list.start(i), list.end(i), keys, depth + 1)
    case ValueType.kvlist:
      return writeObject(w, list.bytes, list.start(i), list.end(i), keys, depth + 1)
    default:
      return w.raw(L.null)
  }
}

/** True for the types that X-Ray can index: string, number, boolean. */
export function isScalar(type: number): boolean {
  return type >= ValueType.string && type <= ValueType.double
}

/** Calls `each` with every value of an ArrayValue message, as a list of one. */
export function forEachValue(
  bytes: Uint8Array,
  start: number,
  end: number,
  keys: KeyTable,
  each: (list: AttributeList, i: number) => void,
): void {
  const reader = new ProtoReader()
  reader.bytes = bytes
  reader.at = start
  const list = new AttributeList()
  const anonymous = keys.find(bytes, start, start)
  while (reader.at < end) {
    const tag = reader.varint(end)
    if (tag !== 0x0a) {
      reader.skip(tag, end)
      continue
    }
    const stop = reader.block(end)
    list.reset(bytes)
    readAnyValue(reader, stop, list, list.add(anonymous))
    reader.at = stop
    each(list, 0)
  }
}

function writeArray(w: DocumentWriter, bytes: Uint8Array, start: number, end: number, keys: KeyTable, depth: number) {
  checkDepth(depth)
  w.char(L.openList)
  let first = true
  forEachValue(bytes, start, end, keys, (list, i) => {
    if (!first) w.char(L.comma)
    first = false
    writeValue(w, list, i, keys, depth)
  })
  w.char(L.closeList)
}

function writeObject(w: DocumentWriter, bytes: Uint8Array, start: number, end: number, keys: KeyTable, depth: number) {
  checkDepth(depth)
  const reader = new ProtoReader()
  reader.bytes = bytes
  reader.at = start
  const list = new AttributeList()
  list.reset(bytes)
  while (reader.at < end) {
    const tag = reader.varint(end)
    if (tag !== 0x0a) {
      reader.skip(tag, end)
      continue
    }
    const stop = reader.block(end)
    readKeyValue(reader, stop, keys, list)
    reader.at = stop
  }
  w.char(L.open)
  writeMembers(w, list, keys, depth)
  w.char(L.close)
}

/** Writes every attribute of `list` as a member of a JSON object that the caller opens and closes. */
export function writeMembers(w: DocumentWriter, list: AttributeList, keys: KeyTable, depth = 0): void {
  for (let i = 0; i < list.count; i++) {
    if (i > 0) w.char(L.comma)
    w.raw(list.key(i).member)
    writeValue(w, list, i, keys, depth)
  }
}

function checkDepth(depth: number): void {
  if (depth > MAX_DEPTH) throw new WireError(`Cannot read an attribute: it is nested over ${MAX_DEPTH} deep`)
}

function writeBase64(w: DocumentWriter, bytes: Uint8Array): void {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = bytes.subarray(i, i + 3)
    text += BASE64.charAt(a >> 2) + BASE64.charAt(((a & 3) << 4) | ((b ?? 0) >> 4))
    text += b === undefined ? '=' : BASE64.charAt(((b & 15) << 2) | ((c ?? 0) >> 6))
    text += c === undefined ? '=' : BASE64.charAt(c & 63)
  }
  w.quote()
  w.ascii(text)
  w.quote()
}
