import { readKeyValue } from './read-key-value.ts'
import type { KeyTable } from './key-table.ts'
import type { ProtoReader } from './proto-reader.ts'
import type { Range, SpanView } from './span-view.ts'

/** Reads one opentelemetry.proto.trace.v1.Span, which ends at `end`, into `span`. */
export function readSpan(reader: ProtoReader, end: number, keys: KeyTable, span: SpanView): void {
  span.reset(reader.bytes)
  while (reader.at < end) {
    const tag = reader.varint(end)
    switch (tag) {
      case 0x0a:
        readRange(reader, end, span.traceId)
        break
      case 0x12:
        readRange(reader, end, span.spanId)
        break
      case 0x1a:
        readRange(reader, end, span.traceState)
        break
      case 0x22:
        readRange(reader, end, span.parentId)
        break
      case 0x2a:
        readRange(reader, end, span.name)
        break
      case 0x30:
        span.kind = reader.varint(end)
        break
      case 0x39:
        reader.fixed64(end)
        span.startSeconds = secondsOf(reader.low, reader.high)
        span.startNanos = nanosOf(reader.low, span.startSeconds)
        break
      case 0x41:
        reader.fixed64(end)
        span.endSeconds = secondsOf(reader.low, reader.high)
        span.endNanos = nanosOf(reader.low, span.endSeconds)
        break
      case 0x4a: {
        const stop = reader.block(end)
        readKeyValue(reader, stop, keys, span.attributes)
        reader.at = stop
        break
      }
      case 0x50:
        span.droppedAttributes = reader.varint(end) >>> 0
        break
      case 0x5a:
        span.events.push(nextRange(reader, end))
        break
      case 0x60:
        span.droppedEvents = reader.varint(end) >>> 0
        break
      case 0x6a:
        span.links.push(nextRange(reader, end))
        break
      case 0x70:
        span.droppedLinks = reader.varint(end) >>> 0
        break
      case 0x7a: {
        const stop = reader.block(end)
        readStatus(reader, stop, span)
        break
      }
      default:
        reader.skip(tag, end)
    }
  }
}

function readStatus(reader: ProtoReader, end: number, span: SpanView): void {
  while (reader.at < end) {
    const tag = reader.varint(end)
    if (tag === 0x12) readRange(reader, end, span.statusMessage)
    else if (tag === 0x18) span.statusCode = reader.varint(end)
    else reader.skip(tag, end)
  }
}

/** Reads a length-delimited field into `range`, and goes past it. */
export function readRange(reader: ProtoReader, end: number, range: Range): void {
  range.end = reader.block(end)
  range.start = reader.at
  reader.at = range.end
}

function nextRange(reader: ProtoReader, end: number): Range {
  const range = { start: 0, end: 0 }
  readRange(reader, end, range)
  return range
}

/** Whole seconds of an unsigned count of nanoseconds: a double may be off by a few hundred, so the guess is mended. */
export function secondsOf(low: number, high: number): number {
  const seconds = Math.floor(((high >>> 0) * 4294967296 + (low >>> 0)) / 1e9)
  const nanos = (low - lowProduct(seconds)) | 0
  return nanos < 0 ? seconds - 1 : nanos >= 1e9 ? seconds + 1 : seconds
}

/** The nanoseconds above `seconds` of the count whose lower half is `low`. */
export function nanosOf(low: number, seconds: number): number {
  return (low - lowProduct(seconds)) >>> 0
}

/** The lower 32 bits of `seconds * 1e9`, for seconds up to 2^35. */
function lowProduct(seconds: number): number {
  return Math.imul(seconds | 0, 1_000_000_000)
}
