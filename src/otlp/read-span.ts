import type { InternedKey, KeyTable } from './key-table.ts'
import { MAX_DROPPED, MAX_EVENTS, MAX_LINKS } from './limits.ts'
import type { ProtoReader } from './proto-reader.ts'
import type { Range } from './range.ts'
import { readKeyValue } from './read-key-value.ts'
import { nanosOf, secondsOf } from './seconds-of.ts'
import type { SpanView } from './span-view.ts'
import { spanMessage, statusMessage } from './trace-request.ts'

const { tags } = spanMessage
const { tags: statusTags } = statusMessage

/**
 * Reads a Span message into `span`, whatever was in it. What is over the limits is counted as dropped.
 *
 * @param reader at the start of the message
 * @param end where the message ends
 * @throws {WireError} if it is not well-formed
 */
export function readSpan<K extends InternedKey>(
  reader: ProtoReader,
  end: number,
  keys: KeyTable<K>,
  span: SpanView<K>,
): void {
  span.reset(reader.bytes)
  let events = 0
  let links = 0
  while (reader.at < end) {
    const tag = reader.tag(end)
    switch (tag) {
      case tags.traceId:
        reader.range(end, span.traceId)
        break
      case tags.spanId:
        reader.range(end, span.spanId)
        break
      case tags.traceState:
        reader.range(end, span.traceState)
        break
      case tags.parentSpanId:
        reader.range(end, span.parentId)
        break
      case tags.name:
        reader.range(end, span.name)
        break
      case tags.kind:
        span.kind = reader.varint(end)
        break
      case tags.startTimeUnixNano:
        reader.fixed64(end)
        span.startSeconds = secondsOf(reader.low, reader.high)
        span.startNanos = nanosOf(reader.low, span.startSeconds)
        break
      case tags.endTimeUnixNano:
        reader.fixed64(end)
        span.endSeconds = secondsOf(reader.low, reader.high)
        span.endNanos = nanosOf(reader.low, span.endSeconds)
        break
      case tags.attributes:
        readKeyValue(reader, reader.block(end), keys, span.attributes)
        break
      case tags.droppedAttributesCount:
        span.droppedAttributes = reader.varint(end) >>> 0
        break
      case tags.events:
        if (span.events.length === MAX_EVENTS) {
          reader.range(end, span.events[MAX_EVENTS - 1] ?? { start: 0, end: 0 })
          events++
        } else span.events.push(nextRange(reader, end))
        break
      case tags.droppedEventsCount:
        span.droppedEvents = reader.varint(end) >>> 0
        break
      case tags.links:
        if (span.links.length === MAX_LINKS) {
          reader.at = reader.block(end)
          links++
        } else span.links.push(nextRange(reader, end))
        break
      case tags.droppedLinksCount:
        span.droppedLinks = reader.varint(end) >>> 0
        break
      case tags.status:
        readStatus(reader, reader.block(end), span)
        break
      default:
        reader.skip(tag, end)
    }
    if (span.attributes.dropped + events + links > MAX_DROPPED) {
      span.isEndless = true
      reader.at = end
      return
    }
  }
  if (span.attributes.dropped + events + links > 0) {
    span.isOverLimits = true
    span.droppedAttributes += span.attributes.dropped
    span.droppedEvents += events
    span.droppedLinks += links
  }
}

function readStatus(reader: ProtoReader, end: number, span: SpanView): void {
  while (reader.at < end) {
    const tag = reader.tag(end)
    if (tag === statusTags.message) reader.range(end, span.statusMessage)
    else if (tag === statusTags.code) span.statusCode = reader.varint(end)
    else reader.skip(tag, end)
  }
}

function nextRange(reader: ProtoReader, end: number): Range {
  const range = { start: 0, end: 0 }
  reader.range(end, range)
  return range
}
