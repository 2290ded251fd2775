import { AttributeList } from './attribute-list.ts'
import type { InternedKey } from './key-table.ts'
import { clear, isZero, type Range } from './range.ts'

/** SpanKind of opentelemetry.proto.trace.v1. */
export const SpanKind = { unspecified: 0, internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const

/** StatusCode of opentelemetry.proto.trace.v1. */
export const StatusCode = { unset: 0, ok: 1, error: 2 } as const

/**
 * One span. The reader fills the same view for each span of a request, so nothing may hold on to it; texts are ranges
 * of {@link bytes}.
 */
export class SpanView<K extends InternedKey = InternedKey> {
  bytes: Uint8Array = new Uint8Array(0)
  readonly traceId: Range = { start: 0, end: 0 }
  readonly spanId: Range = { start: 0, end: 0 }
  readonly parentId: Range = { start: 0, end: 0 }
  readonly traceState: Range = { start: 0, end: 0 }
  readonly name: Range = { start: 0, end: 0 }
  readonly statusMessage: Range = { start: 0, end: 0 }
  kind = 0
  statusCode = 0
  /** Unix time: whole seconds, and the nanoseconds above them. */
  startSeconds = 0
  startNanos = 0
  endSeconds = 0
  endNanos = 0
  droppedAttributes = 0
  droppedEvents = 0
  droppedLinks = 0
  /** True if the reader dropped attributes, events or links; they are in the counts above. */
  isOverLimits = false
  /** True if it was not read to its end, as it has far too many of them. */
  isEndless = false
  readonly attributes = new AttributeList<K>()
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
    this.isOverLimits = this.isEndless = false
    this.attributes.reset(bytes)
    if (this.events.length > 0) this.events.length = 0
    if (this.links.length > 0) this.links.length = 0
  }

  /** True if the span has a parent: an id of eight bytes that are not all zero. */
  get hasParent(): boolean {
    return this.parentId.end > this.parentId.start && !isZero(this.bytes, this.parentId)
  }
}
