import type { KeyTable } from './key-table.ts'
import { ProtoReader } from './proto-reader.ts'
import { readSpan } from './read-span.ts'
import { type Range, SpanView } from './span-view.ts'

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
    if (tag === WHOSE) readResourceSpans(reader, reader.block(bytes.length), keys, visitor)
    else reader.skip(tag, bytes.length)
  }
}

const WHOSE = 0x0a
const WHAT = 0x12
const span = new SpanView()

function readResourceSpans(reader: ProtoReader, end: number, keys: KeyTable, visitor: TraceVisitor): void {
  visitor.resource(reader.bytes, findWhose(reader, end))
  while (reader.at < end) {
    const tag = reader.varint(end)
    if (tag === WHAT) readScopeSpans(reader, reader.block(end), keys, visitor)
    else reader.skip(tag, end)
  }
}

function readScopeSpans(reader: ProtoReader, end: number, keys: KeyTable, visitor: TraceVisitor): void {
  visitor.scope(reader.bytes, findWhose(reader, end))
  while (reader.at < end) {
    const tag = reader.varint(end)
    if (tag !== WHAT) {
      reader.skip(tag, end)
      continue
    }
    const stop = reader.block(end)
    readSpan(reader, stop, keys, span)
    visitor.span(span)
    reader.at = stop
  }
}

/** ResourceSpans and ScopeSpans have one form: field 1 says whose. It is looked for without moving the reader. */
function findWhose(reader: ProtoReader, end: number): Range {
  const start = reader.at
  const whose: Range = { start: 0, end: 0 }
  while (reader.at < end) {
    const tag = reader.varint(end)
    if (tag === WHOSE) {
      whose.end = reader.block(end)
      whose.start = reader.at
      // Writers put it first; only if it is not there the rest is searched.
      break
    }
    reader.skip(tag, end)
  }
  reader.at = start
  return whose
}
