import { AttributeList } from '../otlp/attribute-list.ts'
import type { KeyTable } from '../otlp/key-table.ts'
import type { ProtoReader } from '../otlp/proto-reader.ts'
import { readKeyValue } from '../otlp/read-key-value.ts'
import { nanosOf, readRange, secondsOf } from '../otlp/read-span.ts'
import type { Range } from '../otlp/span-view.ts'

/** An event of a span. */
export interface SpanEvent {
  readonly name: Range
  readonly seconds: number
  readonly nanos: number
  readonly attributes: AttributeList
  readonly droppedAttributes: number
}

/** Reads the Span.Event message in `range` of the reader's bytes. */
export function readEvent(reader: ProtoReader, range: Range, keys: KeyTable): SpanEvent {
  const name: Range = { start: 0, end: 0 }
  const attributes = new AttributeList()
  attributes.reset(reader.bytes)
  let seconds = 0
  let nanos = 0
  let droppedAttributes = 0
  reader.at = range.start
  while (reader.at < range.end) {
    const tag = reader.varint(range.end)
    if (tag === 0x09) {
      reader.fixed64(range.end)
      seconds = secondsOf(reader.low, reader.high)
      nanos = nanosOf(reader.low, seconds)
    } else if (tag === 0x12) readRange(reader, range.end, name)
    else if (tag === 0x1a) {
      const stop = reader.block(range.end)
      readKeyValue(reader, stop, keys, attributes)
      reader.at = stop
    } else if (tag === 0x20) droppedAttributes = reader.varint(range.end) >>> 0
    else reader.skip(tag, range.end)
  }
  return { name, seconds, nanos, attributes, droppedAttributes }
}
