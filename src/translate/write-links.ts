import { AttributeList } from '../otlp/attribute-list.ts'
import { ProtoReader } from '../otlp/proto-reader.ts'
import { readKeyValue } from '../otlp/read-key-value.ts'
import { readRange } from '../otlp/read-span.ts'
import type { Range } from '../otlp/span-view.ts'
import type { DocumentWriter } from '../segment/document-writer.ts'
import { L, literal } from './literal.ts'
import type { SpanContext } from './span-context.ts'
import { writeTraceId } from './write-trace-id.ts'
import { writeMembers } from './write-value.ts'

const text = {
  links: literal('"links":['),
  traceId: literal('{"trace_id":'),
  id: literal(',"id":'),
  attributes: literal(',"attributes":{'),
  end: literal('],'),
}

/** Writes `links`, with a comma behind it, if the span has any. */
export function writeLinks(w: DocumentWriter, c: SpanContext): void {
  if (c.span.links.length === 0) return
  w.raw(text.links)
  c.span.links.forEach((range, i) => {
    if (i > 0) w.char(L.comma)
    writeLink(w, c, range)
  })
  w.raw(text.end)
}

function writeLink(w: DocumentWriter, c: SpanContext, range: Range): void {
  const reader = new ProtoReader()
  reader.bytes = c.span.bytes
  reader.at = range.start
  const traceId: Range = { start: 0, end: 0 }
  const spanId: Range = { start: 0, end: 0 }
  const list = new AttributeList()
  list.reset(reader.bytes)
  while (reader.at < range.end) {
    const tag = reader.varint(range.end)
    if (tag === 0x0a) readRange(reader, range.end, traceId)
    else if (tag === 0x12) readRange(reader, range.end, spanId)
    else if (tag === 0x22) {
      const stop = reader.block(range.end)
      readKeyValue(reader, stop, c.keys, list)
      reader.at = stop
    } else reader.skip(tag, range.end)
  }
  w.raw(text.traceId)
  writeTraceId(w, reader.bytes, traceId)
  w.raw(text.id)
  w.quote()
  w.hex(reader.bytes, spanId.start, spanId.end - spanId.start)
  w.quote()
  if (list.count > 0) {
    w.raw(text.attributes)
    writeMembers(w, list, c.keys)
    w.char(L.close)
  }
  w.char(L.close)
}
