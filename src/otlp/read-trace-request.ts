import type { KeyTable } from './key-table.ts'
import { ProtoReader } from './proto-reader.ts'
import { readSpan } from './read-span.ts'
import { clear, type Range, SpanView } from './span-view.ts'

/** What is told of a trace request while it is read; ranges are positions in the request's bytes. */
export interface TraceVisitor {
  /** Before the spans of a ResourceSpans: its Resource message, absent if it has none. */
  resource(bytes: Uint8Array, resource: Range): void
  /** Before the spans of a ScopeSpans: its InstrumentationScope message, absent if it has none. */
  scope(bytes: Uint8Array, scope: Range): void
  /** Each span. The view is used again for the next one. */
  span(span: SpanView): void
}

/**
 * Walks the bytes of an ExportTraceServiceRequest once. Fields may come in any order; a resource or scope that stands
 * behind its spans is found before they are told.
 *
 * @throws {WireError} where the bytes are not well-formed; what was told before is then to be dropped
 */
export function readTraceRequest(bytes: Uint8Array, keys: KeyTable, visitor: TraceVisitor): void {
  const reader = new ProtoReader()
  reader.bytes = bytes
  while (reader.at < bytes.length) {
    const tag = reader.varint(bytes.length)
    if (tag !== 0x0a) {
      reader.skip(tag, bytes.length)
      continue
    }
    const end = reader.block(bytes.length)
    readGroup(reader, end, (resource, scopes) => {
      visitor.resource(bytes, resource)
      for (const scope of scopes) readScopeSpans(reader, scope, keys, visitor)
    })
    reader.at = end
  }
}

const span = new SpanView()

function readScopeSpans(reader: ProtoReader, range: Range, keys: KeyTable, visitor: TraceVisitor): void {
  reader.at = range.start
  readGroup(reader, range.end, (scope, spans) => {
    visitor.scope(reader.bytes, scope)
    for (const { start, end } of spans) {
      reader.at = start
      readSpan(reader, end, keys, span)
      visitor.span(span)
    }
  })
}

/** ResourceSpans and ScopeSpans have one form: field 1 says whose, field 2 what. */
function readGroup(reader: ProtoReader, end: number, done: (whose: Range, what: Range[]) => void): void {
  const whose: Range = { start: 0, end: 0 }
  clear(whose)
  const what: Range[] = []
  while (reader.at < end) {
    const tag = reader.varint(end)
    if (tag === 0x0a) {
      whose.end = reader.block(end)
      whose.start = reader.at
      reader.at = whose.end
    } else if (tag === 0x12) {
      const stop = reader.block(end)
      what.push({ start: reader.at, end: stop })
      reader.at = stop
    } else reader.skip(tag, end)
  }
  done(whose, what)
}
