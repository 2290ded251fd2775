import { Hono } from 'hono'
import { findSpan, type SpanParts } from '../../otlp/find-span.ts'
import { type OtlpJson, protobufToJson } from '../../otlp/protobuf-to-json.ts'
import type { SpanRule } from '../../trace/span-rule.ts'
import type { GroupLookup } from '../../trace/filter/match-filter.ts'
import { knownNames } from '../store/known-names.ts'
import type { LocalStore } from '../store/local-store.ts'
import { textOf } from '../../bytes/json.ts'
import { type ServiceDetails, serviceDetails } from '../../trace/service-details.ts'
import { jsonCall } from './json-call.ts'
import { filterIn, rangeIn } from './input.ts'
import { summariseTraces, type TraceSummary } from '../../trace/summarise-traces.ts'

/** Traces that are summarised at most: the newest ones. */
const MOST_SUMMARISED = 5000

/** The answer to /page/summary. */
export interface PageSummary extends TraceSummary {
  /** Whether there are more traces than were summarised. */
  readonly hasMore: boolean
}

/** The answer to /page/span: the span that a segment was, and what became of each part of it. */
export interface PageSpan {
  /** Null if it came as X-Ray, or was not kept. */
  readonly span: OtlpJson | null
  readonly rules: readonly SpanRule[]
}

/**
 * What the page asks for beyond X-Ray's API. It changes with the page: nobody else must use it.
 *
 * @param explain finds what became of each part of a span
 */
export function pageApi(store: LocalStore, groups: GroupLookup, explain: (span: SpanParts) => SpanRule[]): Hono {
  const app = new Hono()
  app.post('/page/summary', (c) =>
    jsonCall(c, (input): PageSummary => {
      const { traces, next } = store.find({
        ...rangeIn(input),
        filter: filterIn(input),
        groups,
        limit: MOST_SUMMARISED,
      })
      return { ...summariseTraces(traces), hasMore: next !== undefined }
    }))
  app.post('/page/service', (c) =>
    jsonCall(c, (input): ServiceDetails => {
      const { traces } = store.find({ ...rangeIn(input), filter: filterIn(input), groups, limit: MOST_SUMMARISED })
      return serviceDetails(traces, textOf(input['Name']))
    }))
  app.get('/page/names', (c) => {
    store.settle()
    return c.json(knownNames(store.statements))
  })
  app.get('/page/span/:trace/:id', (c) => {
    const { trace, id } = c.req.param()
    const parts = store.requestsOf(trace).map((bytes) => findSpan(protobufToJson(bytes), id)).find((one) =>
      one !== undefined
    )
    if (parts === undefined) return c.json<PageSpan>({ span: null, rules: [] })
    return c.json<PageSpan>({ span: parts.span, rules: explain(parts) })
  })
  return app
}
