import type { AttributeList } from './attribute-list.ts'
import { checkDepth } from './check-depth.ts'
import type { InternedKey, KeyTable } from './key-table.ts'
import { acquireList } from './acquire-list.ts'
import { ProtoReader } from './proto-reader.ts'
import { readKeyValues } from './read-key-value.ts'
import { keyValueListMessage } from './trace-request.ts'

/**
 * The members of the map at `i`, in a list which the caller releases by releaseList().
 *
 * @param depth arrays and maps around this one
 * @throws {WireError} if it is not well-formed, or nested too deep
 */
export function readMap<K extends InternedKey>(
  list: AttributeList<K>,
  i: number,
  keys: KeyTable<K>,
  depth = 0,
): AttributeList<K> {
  checkDepth(depth + 1, 'an attribute')
  const members = acquireList<K>(list.bytes)
  const reader = new ProtoReader(list.bytes, list.start(i))
  readKeyValues(reader, list.end(i), keyValueListMessage.tags.values, keys, members)
  return members
}
