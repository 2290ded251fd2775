import type { AttributeList } from './attribute-list.ts'
import { checkDepth } from './check-depth.ts'
import type { InternedKey, KeyTable } from './key-table.ts'
import { acquireList, releaseList } from './acquire-list.ts'
import { ProtoReader } from './proto-reader.ts'
import { readAnyValue } from './read-key-value.ts'
import { arrayValueMessage } from './trace-request.ts'

/**
 * Calls `onValue` with each value of the array at `i`. Value by value, as an array of a few megabytes has millions.
 *
 * @param onValue takes a list of one attribute with an empty key, at index 0; the same list each time. Returns false if
 * it needs no more values
 * @param depth arrays and maps around this one
 * @throws {WireError} if it is not well-formed, or nested too deep
 */
export function forEachValue<K extends InternedKey>(
  list: AttributeList<K>,
  i: number,
  keys: KeyTable<K>,
  onValue: (value: AttributeList<K>) => boolean,
  depth = 0,
): void {
  checkDepth(depth + 1, 'an attribute')
  const { bytes } = list
  const start = list.start(i)
  const end = list.end(i)
  const reader = new ProtoReader(bytes, start)
  const value = acquireList<K>(bytes)
  const key = keys.find(bytes, start, start)
  while (reader.at < end) {
    const tag = reader.tag(end)
    if (tag !== arrayValueMessage.tags.values) {
      reader.skip(tag, end)
      continue
    }
    value.reset(bytes)
    readAnyValue(reader, reader.block(end), value, value.add(key))
    if (!onValue(value)) break
  }
  releaseList(value)
}
