import { ValueType } from '../otlp/attribute-list.ts'
import { forEachValue } from '../otlp/for-each-value.ts'
import { releaseList } from '../otlp/acquire-list.ts'
import { readMap } from '../otlp/read-map.ts'
import type { DocumentWriter } from '../segment/document-writer.ts'
import type { AttributeKeys, Attributes } from './attribute-key.ts'
import { JsonToken } from './json-token.ts'

/**
 * Writes the value at `i` as JSON: bytes as base64, NaN and the infinities as strings, no value and no bytes as null.
 *
 * @param depth arrays and maps around it
 * @throws {WireError} if a nested value is not well-formed, or nested too deep
 */
export function writeValue(w: DocumentWriter, list: Attributes, i: number, keys: AttributeKeys, depth = 0): void {
  switch (list.type(i)) {
    case ValueType.string:
      return w.string(list.bytes, list.start(i), list.end(i))
    case ValueType.int:
      return w.int64(list.low(i), list.high(i))
    case ValueType.bool:
      return w.raw(list.low(i) === 0 ? JsonToken.false : JsonToken.true)
    case ValueType.double:
      return w.double(list.double(i))
    case ValueType.bytes:
      if (list.end(i) === list.start(i)) return w.raw(JsonToken.null)
      return writeBase64(w, list.bytes.subarray(list.start(i), list.end(i)))
    case ValueType.array:
      return writeArray(w, list, i, keys, depth)
    case ValueType.kvlist:
      return writeMap(w, list, i, keys, depth)
    default:
      return w.raw(JsonToken.null)
  }
}

/** True for the {@link ValueType}s that X-Ray can index: string, number, boolean. */
export function isScalar(type: number): boolean {
  return type >= ValueType.string && type <= ValueType.double
}

function writeArray(w: DocumentWriter, list: Attributes, i: number, keys: AttributeKeys, depth: number): void {
  w.char(JsonToken.openArray)
  let isFirst = true
  const write = (value: Attributes): boolean => {
    if (!isFirst) {
      if (!w.hasRoom()) return false
      w.char(JsonToken.comma)
    }
    isFirst = false
    writeValue(w, value, 0, keys, depth + 1)
    return true
  }
  forEachValue(list, i, keys, write, depth)
  w.char(JsonToken.closeArray)
}

function writeMap(w: DocumentWriter, list: Attributes, i: number, keys: AttributeKeys, depth: number): void {
  const members = readMap(list, i, keys, depth)
  w.char(JsonToken.openObject)
  writeMembers(w, members, keys, depth + 1)
  w.char(JsonToken.closeObject)
  releaseList(members)
}

/**
 * Writes every attribute of `list` as a member of a JSON object that the caller opens and closes, as long as the part of
 * the document has room.
 *
 * @param depth arrays and maps around them
 */
export function writeMembers(w: DocumentWriter, list: Attributes, keys: AttributeKeys, depth = 0): void {
  for (let i = 0; i < list.count; i++) {
    if (i > 0) {
      if (!w.hasRoom()) return
      w.char(JsonToken.comma)
    }
    w.raw(list.key(i).member)
    writeValue(w, list, i, keys, depth)
  }
  if (list.dropped > 0) w.noteCut('attributes')
}

function writeBase64(w: DocumentWriter, bytes: Uint8Array): void {
  // Base64 has four characters for three bytes.
  const size = Math.min(bytes.length, w.limits.maxText)
  if (size < bytes.length) w.noteCut('texts')
  w.quote()
  w.ascii(Buffer.from(bytes.buffer, bytes.byteOffset, size).toString('base64'))
  w.quote()
}
