import { AttributeList } from './attribute-list.ts'
import type { InternedKey } from './key-table.ts'

/** Lists that are used again: a request of some megabytes may have millions of nested values. */
const free: AttributeList[] = []

/** An empty list for nested values of `bytes`; release it by {@link releaseList}. */
export function acquireList<K extends InternedKey>(bytes: Uint8Array): AttributeList<K> {
  const list = (free.pop() ?? new AttributeList()) as AttributeList<K> // its keys are replaced by those that are read
  list.reset(bytes)
  return list
}

/** Takes back a list, which nobody may use any more. Nesting has a limit, so few are kept. */
export function releaseList(list: AttributeList): void {
  free.push(list)
}
