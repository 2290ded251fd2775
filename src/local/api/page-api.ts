import { type Context, Hono } from 'hono'
import { type Json, textOf } from '../../bytes/json.ts'
import { findSpan, type SpanParts } from '../../otlp/find-span.ts'
import { protobufToJson } from '../../otlp/protobuf-to-json.ts'
import type { KnownNames, PageSpan, PageSummary, ServiceDetails } from '../../trace/api/page-answers.ts'
import type { GroupLookup } from '../../trace/filter/match-filter.ts'
import { serviceDetails } from '../../trace/service-details.ts'
import type { SpanRule } from '../../trace/span-rule.ts'
import { summariseTraces } from '../../trace/summarise-traces.ts'
import type { LocalStore } from '../store/local-store.ts'
import type { TracePage } from '../store/query/trace-query.ts'
import { answer, filterExpression, timeRange } from './request.ts'

/** The most traces that are summarised: the newest of those that match. */
const MAX_TRACES = 5000

/**
 * What the page asks beyond X-Ray's API. It changes with the page, so nothing else may use it.
 *
 * @param groups finds the groups that filters name
 * @param explain says what became of each part of a span
 */
export function pageApi(store: LocalStore, groups: GroupLookup, explain: (span: SpanParts) => SpanRule[]): Hono {
  const find = (input: Json): TracePage =>
    store.find({ ...timeRange(input), filter: filterExpression(input), groups, limit: MAX_TRACES })

  const summary = (input: Json): PageSummary => {
    const { traces, next } = find(input)
    return { ...summariseTraces(traces), hasMore: next !== undefined }
  }

  const service = (input: Json): ServiceDetails => serviceDetails(find(input).traces, textOf(input['Name']))

  const span = (trace: string, id: string): PageSpan => {
    for (const request of store.requestsOf(trace)) {
      const parts = findSpan(protobufToJson(request), id)
      if (parts !== undefined) return { span: parts.span, rules: explain(parts) }
    }
    return { span: null, rules: [] }
  }

  return new Hono()
    .post('/page/summary', (c: Context) => answer(c, summary))
    .post('/page/service', (c: Context) => answer(c, service))
    .get('/page/names', (c) => c.json<KnownNames>(store.names()))
    .get('/page/span/:trace/:id', (c) => c.json<PageSpan>(span(c.req.param('trace'), c.req.param('id'))))
}
