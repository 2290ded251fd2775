import { AttributeList } from './attribute-list.ts'
import type { InternedKey, KeyTable } from './key-table.ts'
import { ProtoReader } from './proto-reader.ts'
import type { Range } from './range.ts'
import { readKeyValues } from './read-key-value.ts'
import { resourceMessage } from './trace-request.ts'

/** The attributes of the Resource message in `bytes[range]`. @throws {WireError} if it is not well-formed */
export function readResource<K extends InternedKey>(
  bytes: Uint8Array,
  range: Range,
  keys: KeyTable<K>,
): AttributeList<K> {
  const list = new AttributeList<K>()
  list.reset(bytes)
  readKeyValues(new ProtoReader(bytes, range.start), range.end, resourceMessage.tags.attributes, keys, list)
  return list
}
