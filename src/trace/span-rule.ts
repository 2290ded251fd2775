/** A member of a segment document. */
export interface RuleTarget {
  /** Such as `http.request.method`. */
  readonly path: string
  readonly value: unknown
  /** Other parts that make it, too: without this one it would be the same, as long as one of them is there. */
  readonly alsoFrom?: readonly string[]
}

/**
 * Where one part of a span goes: a field, an attribute, an event, its links. A part that only decides whether or where the
 * value of another part is written has a rule of its own for that, `decides`.
 */
export interface SpanRule {
  /** Such as `traceId`, `attributes.http.method`, `resource.service.name` or `events.0`; empty for members that come from no part of the span. */
  readonly from: string
  readonly value: unknown
  readonly rule: 'copied' | 'renamed' | 'reformatted' | 'moved' | 'decides' | 'not indexed' | 'cut' | 'dropped' | 'made'
  readonly to: readonly RuleTarget[]
}
