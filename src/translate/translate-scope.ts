import { AttributeList } from '../otlp/attribute-list.ts'
import type { KeyTable } from '../otlp/key-table.ts'
import { ProtoReader } from '../otlp/proto-reader.ts'
import { readKeyValue } from '../otlp/read-key-value.ts'
import { readRange } from '../otlp/read-span.ts'
import { isEmptyRange, type Range } from '../otlp/span-view.ts'
import { DocumentWriter } from '../segment/document-writer.ts'
import { L, literal } from './literal.ts'
import { writeMembers } from './write-value.ts'

/** An InstrumentationScope, translated once for all of its spans. */
export interface ScopeTranslation {
  /** `"scope":{…}` in embedded form, a member of the metadata namespace `otel`; empty if there is no scope. */
  readonly member: Uint8Array
}

const text = {
  scope: literal('"scope":{'),
  name: literal('"name":'),
  version: literal('"version":'),
  attributes: literal('"attributes":{'),
}

/** Translates the InstrumentationScope message in `bytes[range]`. */
export function translateScope(bytes: Uint8Array, range: Range, keys: KeyTable): ScopeTranslation {
  const name: Range = { start: 0, end: 0 }
  const version: Range = { start: 0, end: 0 }
  const list = new AttributeList()
  list.reset(bytes)
  const reader = new ProtoReader()
  reader.bytes = bytes
  reader.at = range.start
  while (reader.at < range.end) {
    const tag = reader.varint(range.end)
    if (tag === 0x0a) readRange(reader, range.end, name)
    else if (tag === 0x12) readRange(reader, range.end, version)
    else if (tag === 0x1a) {
      const stop = reader.block(range.end)
      readKeyValue(reader, stop, keys, list)
      reader.at = stop
    } else reader.skip(tag, range.end)
  }
  if (isEmptyRange(name) && isEmptyRange(version) && list.count === 0) return { member: new Uint8Array(0) }
  const w = new DocumentWriter(512)
  w.raw(text.scope)
  w.raw(text.name)
  w.string(bytes, name.start, name.end)
  if (!isEmptyRange(version)) {
    w.char(L.comma)
    w.raw(text.version)
    w.string(bytes, version.start, version.end)
  }
  if (list.count > 0) {
    w.char(L.comma)
    w.raw(text.attributes)
    writeMembers(w, list, keys)
    w.char(L.close)
  }
  w.char(L.close)
  return { member: w.bytes.slice(0, w.length) }
}
