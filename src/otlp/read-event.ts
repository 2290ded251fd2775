import { AttributeList } from './attribute-list.ts'
import type { InternedKey, KeyTable } from './key-table.ts'
import { ProtoReader } from './proto-reader.ts'
import { clear, type Range } from './range.ts'
import { readKeyValue } from './read-key-value.ts'
import { nanosOf, secondsOf } from './seconds-of.ts'
import { eventMessage } from './trace-request.ts'

const { tags } = eventMessage

/** An event of a span. The reader fills the same one for each event, so nothing may hold on to it. */
export class SpanEvent<K extends InternedKey> {
  readonly name: Range = { start: 0, end: 0 }
  /** Unix time: whole seconds, and the nanoseconds above them. */
  seconds = 0
  nanos = 0
  readonly attributes = new AttributeList<K>()
  droppedAttributes = 0
}

/** Reads the Span.Event message in `bytes[range]` into `event`. @throws {WireError} if it is not well-formed */
export function readEvent<K extends InternedKey>(
  bytes: Uint8Array,
  range: Range,
  keys: KeyTable<K>,
  event: SpanEvent<K>,
): void {
  const { name, attributes } = event
  clear(name)
  attributes.reset(bytes)
  event.seconds = event.nanos = event.droppedAttributes = 0
  const { end } = range
  const reader = new ProtoReader(bytes, range.start)
  while (reader.at < end) {
    const tag = reader.tag(end)
    if (tag === tags.timeUnixNano) {
      reader.fixed64(end)
      event.seconds = secondsOf(reader.low, reader.high)
      event.nanos = nanosOf(reader.low, event.seconds)
    } else if (tag === tags.name) reader.range(end, name)
    else if (tag === tags.attributes) readKeyValue(reader, reader.block(end), keys, attributes)
    else if (tag === tags.droppedAttributesCount) event.droppedAttributes = reader.varint(end) >>> 0
    else reader.skip(tag, end)
  }
  event.droppedAttributes += attributes.dropped
}
