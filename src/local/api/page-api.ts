import { Hono } from 'hono'
import type { GroupLookup } from '../../trace/filter/match-filter.ts'
import { knownNames } from '../store/known-names.ts'
import type { LocalStore } from '../store/local-store.ts'
import { textOf } from '../../trace/json.ts'
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

/**
 * What the page asks for beyond X-Ray's API. It changes with the page: nobody else must use it.
 */
export function pageApi(store: LocalStore, groups: GroupLookup): Hono {
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
  return app
}
