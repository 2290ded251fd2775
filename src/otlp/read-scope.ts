import { AttributeList } from './attribute-list.ts'
import type { InternedKey, KeyTable } from './key-table.ts'
import { ProtoReader } from './proto-reader.ts'
import type { Range } from './range.ts'
import { readKeyValue } from './read-key-value.ts'
import { scopeMessage } from './trace-request.ts'

const { tags } = scopeMessage

/** The instrumentation scope of spans: the library that made them. */
export interface Scope<K extends InternedKey> {
  readonly name: Range
  readonly version: Range
  readonly attributes: AttributeList<K>
}

/** Reads the InstrumentationScope message in `bytes[range]`. @throws {WireError} if it is not well-formed */
export function readScope<K extends InternedKey>(bytes: Uint8Array, range: Range, keys: KeyTable<K>): Scope<K> {
  const name: Range = { start: 0, end: 0 }
  const version: Range = { start: 0, end: 0 }
  const attributes = new AttributeList<K>()
  attributes.reset(bytes)
  const { end } = range
  const reader = new ProtoReader(bytes, range.start)
  while (reader.at < end) {
    const tag = reader.tag(end)
    if (tag === tags.name) reader.range(end, name)
    else if (tag === tags.version) reader.range(end, version)
    else if (tag === tags.attributes) readKeyValue(reader, reader.block(end), keys, attributes)
    else reader.skip(tag, end)
  }
  return { name, version, attributes }
}
