import { AttributeList } from './attribute-list.ts'

/** SpanKind of opentelemetry.proto.trace.v1. */
export const SpanKind = { unspecified: 0, internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const

/** StatusCode of opentelemetry.proto.trace.v1. */
export const StatusCode = { unset: 0, ok: 1, error: 2 } as const

/** Where a part of a message stands: from `start` up to `end`, which is not of it. */
export interface Range {
  start: number
  end: number
}

/**
 * One span as the translator reads it. The reader fills the same view for each span, so nothing may keep it; texts are
 * ranges of {@link bytes}, a range that ends at 0 is absent.
 */
export class SpanView {
  bytes: Uint8Array = new Uint8Array(0)
  readonly traceId: Range = { start: 0, end: 0 }
  readonly spanId: Range = { start: 0, end: 0 }
  readonly parentId: Range = { start: 0, end: 0 }
  readonly traceState: Range = { start: 0, end: 0 }
  readonly name: Range = { start: 0, end: 0 }
  readonly statusMessage: Range = { start: 0, end: 0 }
  kind = 0
  statusCode = 0
  /** Unix time: whole seconds and the nanoseconds above them. */
  startSeconds = 0
  startNanos = 0
  endSeconds = 0
  endNanos = 0
  droppedAttributes = 0
  droppedEvents = 0
  droppedLinks = 0
  readonly attributes = new AttributeList()
  /** The encoded messages of events and links. */
  readonly events: Range[] = []
  readonly links: Range[] = []

  reset(bytes: Uint8Array): void {
    this.bytes = bytes
    clear(this.traceId)
    clear(this.spanId)
    clear(this.parentId)
    clear(this.traceState)
    clear(this.name)
    clear(this.statusMessage)
    this.kind = this.statusCode = 0
    this.startSeconds =
      this.startNanos =
      this.endSeconds =
      this.endNanos =
        0
    this.droppedAttributes = this.droppedEvents = this.droppedLinks = 0
    this.attributes.reset(bytes)
    if (this.events.length > 0) this.events.length = 0
    if (this.links.length > 0) this.links.length = 0
  }

  /** True if the span has a parent: an id of eight bytes that are not all zero. */
  get hasParent(): boolean {
    return this.parentId.end > this.parentId.start && !isZero(this.bytes, this.parentId)
  }
}

/** Sets a range to absent. */
export function clear(range: Range): void {
  range.start = range.end = 0
}

/** True if every byte of the range is 0, or it is absent. */
export function isZero(bytes: Uint8Array, range: Range): boolean {
  for (let i = range.start; i < range.end; i++) if (bytes[i] !== 0) return false
  return true
}

/** True if the range is absent, or of no bytes. */
export function isEmptyRange(range: Range): boolean {
  return range.end <= range.start
}
