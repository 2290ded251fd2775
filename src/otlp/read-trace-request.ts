import type { InternedKey, KeyTable } from './key-table.ts'
import { ProtoReader } from './proto-reader.ts'
import type { Range } from './range.ts'
import { readSpan } from './read-span.ts'
import type { SpanView } from './span-view.ts'
import { resourceSpansMessage, traceRequest } from './trace-request.ts'

/** Takes the parts of a trace request in the order in which they are read. Ranges are positions in the request's bytes. */
export interface TraceVisitor<K extends InternedKey> {
  /** Called before the spans of a ResourceSpans. @param resource its Resource message; absent (ends at 0) if it has none */
  resource(bytes: Uint8Array, resource: Range): void
  /** Called before the spans of a ScopeSpans. @param scope its InstrumentationScope message; absent if it has none */
  scope(bytes: Uint8Array, scope: Range): void
  /** Called for each span, with the same view each time. */
  span(span: SpanView<K>): void
}

/**
 * Reads the bytes of an ExportTraceServiceRequest in one pass. Fields may come in any order: a resource or scope that
 * comes after its spans is found before they are read.
 *
 * @param bytes protobuf
 * @param span filled for each span, and then visited
 * @throws {WireError} if the bytes are not well-formed; some parts may have been visited then
 */
export function readTraceRequest<K extends InternedKey>(
  bytes: Uint8Array,
  keys: KeyTable<K>,
  span: SpanView<K>,
  visitor: TraceVisitor<K>,
): void {
  const reader = new ProtoReader(bytes)
  const end = bytes.length
  while (reader.at < end) {
    const tag = reader.tag(end)
    if (tag === traceRequest.tags.resourceSpans) readResourceSpans(reader, reader.block(end), keys, span, visitor)
    else reader.skip(tag, end)
  }
}

/** Of ResourceSpans the resource, and of ScopeSpans the scope: both messages have the same form. */
const OWNER_FIELD = resourceSpansMessage.tags.resource
/** Of ResourceSpans the scopeSpans, and of ScopeSpans the spans. */
const ITEMS_FIELD = resourceSpansMessage.tags.scopeSpans

function readResourceSpans<K extends InternedKey>(
  reader: ProtoReader,
  end: number,
  keys: KeyTable<K>,
  span: SpanView<K>,
  visitor: TraceVisitor<K>,
): void {
  visitor.resource(reader.bytes, findOwner(reader, end))
  while (reader.at < end) {
    const tag = reader.tag(end)
    if (tag === ITEMS_FIELD) readScopeSpans(reader, reader.block(end), keys, span, visitor)
    else reader.skip(tag, end)
  }
}

function readScopeSpans<K extends InternedKey>(
  reader: ProtoReader,
  end: number,
  keys: KeyTable<K>,
  span: SpanView<K>,
  visitor: TraceVisitor<K>,
): void {
  visitor.scope(reader.bytes, findOwner(reader, end))
  while (reader.at < end) {
    const tag = reader.tag(end)
    if (tag === ITEMS_FIELD) {
      readSpan(reader, reader.block(end), keys, span)
      visitor.span(span)
    } else reader.skip(tag, end)
  }
}

/** The range of the owner field, found without moving the reader. Writers put it first, so the rest is rarely searched. */
function findOwner(reader: ProtoReader, end: number): Range {
  const start = reader.at
  const owner: Range = { start: 0, end: 0 }
  while (reader.at < end) {
    const tag = reader.tag(end)
    if (tag === OWNER_FIELD) {
      reader.range(end, owner)
      break
    }
    reader.skip(tag, end)
  }
  reader.at = start
  return owner
}
