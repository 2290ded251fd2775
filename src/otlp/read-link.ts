import { AttributeList } from './attribute-list.ts'
import type { InternedKey, KeyTable } from './key-table.ts'
import { ProtoReader } from './proto-reader.ts'
import type { Range } from './range.ts'
import { readKeyValue } from './read-key-value.ts'
import { linkMessage } from './trace-request.ts'

const { tags } = linkMessage

/** A link of a span. */
export interface SpanLink<K extends InternedKey> {
  readonly traceId: Range
  readonly spanId: Range
  readonly attributes: AttributeList<K>
}

/** Reads the Span.Link message in `bytes[range]`. @throws {WireError} if it is not well-formed */
export function readLink<K extends InternedKey>(bytes: Uint8Array, range: Range, keys: KeyTable<K>): SpanLink<K> {
  const traceId: Range = { start: 0, end: 0 }
  const spanId: Range = { start: 0, end: 0 }
  const attributes = new AttributeList<K>()
  attributes.reset(bytes)
  const { end } = range
  const reader = new ProtoReader(bytes, range.start)
  while (reader.at < end) {
    const tag = reader.varint(end)
    if (tag === tags.traceId) reader.range(end, traceId)
    else if (tag === tags.spanId) reader.range(end, spanId)
    else if (tag === tags.attributes) readKeyValue(reader, reader.block(end), keys, attributes)
    else reader.skip(tag, end)
  }
  return { traceId, spanId, attributes }
}
