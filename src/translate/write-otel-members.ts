import { isEmptyRange } from '../otlp/range.ts'
import { readEvent } from '../otlp/read-event.ts'
import type { DocumentWriter } from '../segment/document-writer.ts'
import { escapeJson } from '../segment/escape-json.ts'
import { type Cause, isCauseEvent } from './cause.ts'
import { JsonToken } from './json-token.ts'
import { type AttributeRouting, AttributeTarget, targetOf } from './route-attributes.ts'
import type { TranslationContext } from './translation-context.ts'
import { writeMembers, writeValue } from './write-value.ts'

const text = {
  traceState: escapeJson('"trace_state":'),
  status: escapeJson('"status_message":'),
  events: escapeJson('"events":['),
  name: escapeJson('{"name":'),
  time: escapeJson(',"time":'),
  attributes: escapeJson(',"attributes":{'),
  attributeMembers: escapeJson('"attributes":{'),
  end: escapeJson('},'),
  endList: escapeJson('],'),
}

/** What a document's annotations and metadata are made of. */
export interface DescribeOptions {
  readonly routing: AttributeRouting
  readonly cause: Cause | undefined
  /** False for the service segment that is made for a local root: it has no attributes of the span. */
  readonly withAttributes: boolean
  /** Whether the resource's attributes belong to this document. */
  readonly withResource: boolean
}

/**
 * Writes the members of the metadata namespace `otel`, each with a comma after it: what X-Ray has no field for, and
 * other exporters drop.
 */
export function writeOtelMembers(w: DocumentWriter, c: TranslationContext, options: DescribeOptions): void {
  const { scope } = c
  if (scope.member.length > w.limits.maxPart) w.noteCut('scope')
  else if (scope.member.length > 0) {
    w.raw(scope.member)
    w.char(JsonToken.comma)
  }
  if (options.withAttributes) writeSpanMembers(w, c, options)
  if (w.cut.length === 0) return
  w.json('cut')
  w.char(JsonToken.colon)
  w.json(w.cut)
}

function writeSpanMembers(w: DocumentWriter, c: TranslationContext, options: DescribeOptions): void {
  const { span } = c
  if (!isEmptyRange(span.traceState)) {
    w.raw(text.traceState)
    w.string(span.bytes, span.traceState.start, span.traceState.end)
    w.char(JsonToken.comma)
  }
  if (!isEmptyRange(span.statusMessage) && span.events.length > 0) {
    w.raw(text.status)
    w.string(span.bytes, span.statusMessage.start, span.statusMessage.end)
    w.char(JsonToken.comma)
  }
  if (span.events.length > 0) writeEvents(w, c)
  if ((options.routing.all & AttributeTarget.unindexable) !== 0) writeUnindexable(w, c, options)
  writeCount(w, 'dropped_attributes', span.droppedAttributes)
  writeCount(w, 'dropped_events', span.droppedEvents)
  writeCount(w, 'dropped_links', span.droppedLinks)
  const { cause } = options
  if (cause !== undefined && Object.keys(cause.rawStacks).length > 0) {
    if (w.limits.maxFrames === Infinity) {
      w.json('stacktraces')
      w.char(JsonToken.colon)
      w.json(cause.rawStacks)
      w.char(JsonToken.comma)
    } else w.noteCut('cause.exceptions.stack')
  }
}

function writeCount(w: DocumentWriter, name: string, count: number): void {
  if (count > 0) w.raw(escapeJson(`"${name}":${count},`))
}

/** Writes the span's events that are no part of the cause. */
function writeEvents(w: DocumentWriter, c: TranslationContext): void {
  const { bytes } = c.span
  const start = w.length
  let count = 0
  w.raw(text.events)
  w.startPart('events')
  const { event } = c
  for (const range of c.span.events) {
    readEvent(bytes, range, c.keys, event)
    if (isCauseEvent(c, event)) continue
    if (count > 0) {
      if (!w.hasRoom()) break
      w.char(JsonToken.comma)
    }
    count++
    w.raw(text.name)
    w.string(bytes, event.name.start, event.name.end)
    w.raw(text.time)
    w.time(event.seconds, event.nanos)
    const list = event.attributes
    if (list.count > 0) {
      w.raw(text.attributes)
      writeMembers(w, list, c.keys)
      w.char(JsonToken.closeObject)
    }
    if (event.droppedAttributes > 0) w.raw(escapeJson(`,"dropped_attributes":${event.droppedAttributes}`))
    w.char(JsonToken.closeObject)
  }
  if (count === 0) w.length = start
  else w.raw(text.endList)
}

/** Writes the attributes that should be indexed, and have a type that X-Ray does not index. */
function writeUnindexable(w: DocumentWriter, c: TranslationContext, options: DescribeOptions): void {
  const list = c.span.attributes
  let isFirst = true
  w.raw(text.attributeMembers)
  w.startPart('attributes')
  for (let i = 0; i < list.count; i++) {
    if ((targetOf(options.routing, i) & AttributeTarget.unindexable) === 0) continue
    if (!isFirst) {
      if (!w.hasRoom()) break
      w.char(JsonToken.comma)
    }
    isFirst = false
    w.raw(list.key(i).member)
    writeValue(w, list, i, c.keys)
  }
  w.raw(text.end)
}
