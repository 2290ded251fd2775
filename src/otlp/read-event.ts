import { AttributeList } from './attribute-list.ts'
import type { InternedKey, KeyTable } from './key-table.ts'
import { ProtoReader } from './proto-reader.ts'
import type { Range } from './range.ts'
import { readKeyValue } from './read-key-value.ts'
import { nanosOf, secondsOf } from './seconds-of.ts'
import { eventMessage } from './trace-request.ts'

const { tags } = eventMessage

/** An event of a span. */
export interface SpanEvent<K extends InternedKey> {
  readonly name: Range
  /** Unix time: whole seconds, and the nanoseconds above them. */
  readonly seconds: number
  readonly nanos: number
  readonly attributes: AttributeList<K>
  readonly droppedAttributes: number
}

/** Reads the Span.Event message in `bytes[range]`. @throws {WireError} if it is not well-formed */
export function readEvent<K extends InternedKey>(bytes: Uint8Array, range: Range, keys: KeyTable<K>): SpanEvent<K> {
  const name: Range = { start: 0, end: 0 }
  const attributes = new AttributeList<K>()
  attributes.reset(bytes)
  let seconds = 0
  let nanos = 0
  let droppedAttributes = 0
  const { end } = range
  const reader = new ProtoReader(bytes, range.start)
  while (reader.at < end) {
    const tag = reader.varint(end)
    if (tag === tags.timeUnixNano) {
      reader.fixed64(end)
      seconds = secondsOf(reader.low, reader.high)
      nanos = nanosOf(reader.low, seconds)
    } else if (tag === tags.name) reader.range(end, name)
    else if (tag === tags.attributes) readKeyValue(reader, reader.block(end), keys, attributes)
    else if (tag === tags.droppedAttributesCount) droppedAttributes = reader.varint(end) >>> 0
    else reader.skip(tag, end)
  }
  return { name, seconds, nanos, attributes, droppedAttributes }
}
