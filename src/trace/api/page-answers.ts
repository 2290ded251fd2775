import type { Json } from '../../bytes/json.ts'
import type { SpanRule } from '../span-rule.ts'

/** Values with how often each occurs, the most frequent first. */
export type Facet = readonly (readonly [value: string, count: number])[]

/** What many traces have in common. */
export interface TraceSetSummary {
  readonly count: number
  /** Counts by response time, from 1 ms to 10 s in equal steps of the logarithm; a trace in progress counts as ok. */
  readonly bins: readonly (readonly [ok: number, error: number, fault: number, throttle: number])[]
  /** Quantiles of the response time, in seconds. */
  readonly p50: number
  readonly p95: number
  readonly p99: number
  /** Outcomes are keywords of filter expressions: `partial` is a trace in progress. */
  readonly facets: Readonly<Record<'outcome' | 'root' | 'method' | 'url' | 'status' | 'user' | 'annotation', Facet>>
}

/** The answer to /page/summary. */
export interface PageSummary extends TraceSetSummary {
  /** Whether more traces match than were summarised. */
  readonly hasMore: boolean
}

/** Requests to one route of a service. */
export interface RouteFigures {
  /** Method and path; ids in the path are `*`. */
  readonly route: string
  readonly count: number
  /** Response times added up, in seconds. */
  readonly time: number
  readonly fault: number
  readonly error: number
  readonly throttle: number
}

/** Faults with the same beginning. */
export interface CauseFigures {
  /** The service that failed first. */
  readonly service: string
  /** What failed there: the exception, or the segment. */
  readonly what: string
  readonly count: number
  /** The id of the newest such trace. */
  readonly newest: string
}

/** The answer to /page/service: what traces say about a service, or about the calls between two. */
export interface ServiceDetails {
  readonly traces: number
  /** Traces with a fault. */
  readonly faults: number
  readonly routes: readonly RouteFigures[]
  readonly causes: readonly CauseFigures[]
}

/** An annotation that traces have. */
export interface KnownAnnotation {
  readonly key: string
  /** Some of its values, sorted; booleans are 0 and 1. */
  readonly values: readonly (string | number)[]
}

/** The answer to /page/names: what filter expressions can name. */
export interface KnownNames {
  readonly services: readonly string[]
  readonly annotations: readonly KnownAnnotation[]
  readonly users: readonly string[]
}

/** The answer to /page/span: the span that a segment was translated from, and what became of each part of it. */
export interface PageSpan {
  /** OTLP/JSON; null if the segment came as an X-Ray document, or its span was not kept. */
  readonly span: Json | null
  readonly rules: readonly SpanRule[]
}
