/** A member of a segment document, or a part of it. */
export interface RuleTarget {
  /** Such as `http.request.method`. */
  readonly path: string
  readonly value: unknown
}

/** What became of one field or attribute of a span. */
export interface SpanRule {
  /** Such as `traceId`, `attributes.http.method`, `resource.service.name` or `events.0`; empty for a target that no part of the span explains. */
  readonly from: string
  readonly value: unknown
  readonly rule: 'copied' | 'renamed' | 'reformatted' | 'moved' | 'not indexed' | 'cut' | 'dropped' | 'made'
  readonly to: readonly RuleTarget[]
}
