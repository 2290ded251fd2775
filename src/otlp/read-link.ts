import { AttributeList } from './attribute-list.ts'
import type { InternedKey, KeyTable } from './key-table.ts'
import { ProtoReader } from './proto-reader.ts'
import { clear, type Range } from './range.ts'
import { readKeyValue } from './read-key-value.ts'
import { linkMessage } from './trace-request.ts'

const { tags } = linkMessage

/** A link of a span. The reader fills the same one for each link, so nothing may hold on to it. */
export class SpanLink<K extends InternedKey> {
  readonly traceId: Range = { start: 0, end: 0 }
  readonly spanId: Range = { start: 0, end: 0 }
  readonly attributes = new AttributeList<K>()
}

/** Reads the Span.Link message in `bytes[range]` into `link`. @throws {WireError} if it is not well-formed */
export function readLink<K extends InternedKey>(
  bytes: Uint8Array,
  range: Range,
  keys: KeyTable<K>,
  link: SpanLink<K>,
): void {
  const { traceId, spanId, attributes } = link
  clear(traceId)
  clear(spanId)
  attributes.reset(bytes)
  const { end } = range
  const reader = new ProtoReader(bytes, range.start)
  while (reader.at < end) {
    const tag = reader.tag(end)
    if (tag === tags.traceId) reader.range(end, traceId)
    else if (tag === tags.spanId) reader.range(end, spanId)
    else if (tag === tags.attributes) readKeyValue(reader, reader.block(end), keys, attributes)
    else reader.skip(tag, end)
  }
}
