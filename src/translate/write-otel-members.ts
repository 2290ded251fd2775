import { ProtoReader } from '../otlp/proto-reader.ts'
import { isEmptyRange } from '../otlp/span-view.ts'
import type { DocumentWriter } from '../segment/document-writer.ts'
import { Place, placeAt, type Spread } from './spread-attributes.ts'
import { type Cause, isCauseEvent } from './cause.ts'
import { readEvent } from './read-event.ts'
import { L, literal } from './literal.ts'
import type { SpanContext } from './span-context.ts'
import { writeMembers, writeValue } from './write-value.ts'

const text = {
  traceState: literal('"trace_state":'),
  status: literal('"status_message":'),
  events: literal('"events":['),
  name: literal('{"name":'),
  time: literal(',"time":'),
  attributes: literal(',"attributes":{'),
  attributeMembers: literal('"attributes":{'),
  end: literal('},'),
  endList: literal('],'),
}

/** What of a span becomes annotations and metadata, besides what its {@link Spread} says. */
export interface DescribeOptions {
  readonly spread: Spread
  readonly cause: Cause | undefined
  /** False for the service segment that is made up for a local root: it has no attributes of the span. */
  readonly withAttributes: boolean
  /** Whether the resource's attributes belong to this document. */
  readonly withResource: boolean
}

/**
 * Writes the members of the metadata namespace `otel`, each with a comma behind it: what a span has and X-Ray has no
 * place for, and other exporters throw away.
 */
export function writeOtelMembers(w: DocumentWriter, c: SpanContext, options: DescribeOptions): void {
  const { span, scope } = c
  if (scope.member.length > 0) {
    w.raw(scope.member)
    w.char(L.comma)
  }
  if (!options.withAttributes) return
  if (!isEmptyRange(span.traceState)) {
    w.raw(text.traceState)
    w.string(span.bytes, span.traceState.start, span.traceState.end)
    w.char(L.comma)
  }
  if (!isEmptyRange(span.statusMessage) && span.events.length > 0) {
    w.raw(text.status)
    w.string(span.bytes, span.statusMessage.start, span.statusMessage.end)
    w.char(L.comma)
  }
  if (span.events.length > 0) writeEvents(w, c)
  if ((options.spread.all & Place.unindexable) !== 0) writeUnindexable(w, c, options)
  writeCount(w, 'dropped_attributes', span.droppedAttributes)
  writeCount(w, 'dropped_events', span.droppedEvents)
  writeCount(w, 'dropped_links', span.droppedLinks)
  const { cause } = options
  if (cause !== undefined && Object.keys(cause.rawStacks).length > 0) {
    w.json('stacktraces')
    w.char(L.colon)
    w.json(cause.rawStacks)
    w.char(L.comma)
  }
}

function writeCount(w: DocumentWriter, name: string, count: number): void {
  if (count > 0) w.raw(literal(`"${name}":${count},`))
}

/** Span events that are no part of the cause. */
function writeEvents(w: DocumentWriter, c: SpanContext): void {
  const reader = new ProtoReader()
  reader.bytes = c.span.bytes
  const start = w.length
  let count = 0
  w.raw(text.events)
  for (const range of c.span.events) {
    const event = readEvent(reader, range, c.keys)
    if (isCauseEvent(c, event)) continue
    if (count++ > 0) w.char(L.comma)
    w.raw(text.name)
    w.string(c.span.bytes, event.name.start, event.name.end)
    w.raw(text.time)
    w.time(event.seconds, event.nanos)
    const list = event.attributes
    if (list.count > 0) {
      w.raw(text.attributes)
      writeMembers(w, list, c.keys)
      w.char(L.close)
    }
    if (event.droppedAttributes > 0) w.raw(literal(`,"dropped_attributes":${event.droppedAttributes}`))
    w.char(L.close)
  }
  if (count === 0) w.length = start
  else w.raw(text.endList)
}

/** Attributes that were to be indexed, and are of a type that X-Ray does not index. */
function writeUnindexable(w: DocumentWriter, c: SpanContext, options: DescribeOptions): void {
  const list = c.span.attributes
  let first = true
  w.raw(text.attributeMembers)
  for (let i = 0; i < list.count; i++) {
    if ((placeAt(options.spread, i) & Place.unindexable) === 0) continue
    if (!first) w.char(L.comma)
    first = false
    w.raw(list.key(i).member)
    writeValue(w, list, i, c.keys)
  }
  w.raw(text.end)
}
