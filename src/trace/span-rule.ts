/** A member of a segment document. */
export interface RuleTarget {
  /** Such as `http.request.method`. */
  readonly path: string
  readonly value: unknown
}

/** Where one part of a span goes: a field, an attribute, an event, its links. */
export interface SpanRule {
  /** Such as `traceId`, `attributes.http.method`, `resource.service.name` or `events.0`; empty for members that come from no part of the span. */
  readonly from: string
  readonly value: unknown
  readonly rule: 'copied' | 'renamed' | 'reformatted' | 'moved' | 'not indexed' | 'cut' | 'dropped' | 'made'
  readonly to: readonly RuleTarget[]
}
