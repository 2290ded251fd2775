import { type Context, Hono } from 'hono'
import { type Json, textOf } from '../../bytes/json.ts'
import type { KnownNames, PageSummary, ServiceDetails } from '../../trace/api/page-answers.ts'
import type { GroupLookup } from '../../trace/filter/match-filter.ts'
import { serviceDetails } from '../../trace/service-details.ts'
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
 */
export function pageApi(store: LocalStore, groups: GroupLookup): Hono {
  const find = (input: Json): TracePage =>
    store.find({ ...timeRange(input), filter: filterExpression(input), groups, limit: MAX_TRACES })

  const summary = (input: Json): PageSummary => {
    const { traces, next } = find(input)
    return { ...summariseTraces(traces), hasMore: next !== undefined }
  }

  const service = (input: Json): ServiceDetails => serviceDetails(find(input).traces, textOf(input['Name']))

  return new Hono()
    .post('/page/summary', (c: Context) => answer(c, summary))
    .post('/page/service', (c: Context) => answer(c, service))
    .get('/page/names', (c) => c.json<KnownNames>(store.names()))
}
