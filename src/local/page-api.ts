import { Hono } from 'hono'
import { type OtlpJson, type OtlpValue, protobufToJson } from '../otlp/protobuf-to-json.ts'
import { type SpanParts, type SpanRule, spanRules } from '../translate/span-rules.ts'
import type { TranslateSettings } from '../translate/translate-settings.ts'
import type { GroupLookup } from './filter/match-filter.ts'
import { knownNames } from './known-names.ts'
import type { LocalStore } from './local-store.ts'
import { textOf } from './json.ts'
import { type ServiceDetails, serviceDetails } from './service-details.ts'
import { jsonCall } from './xray-api/json-call.ts'
import { filterIn, rangeIn } from './xray-api/input.ts'
import { summariseTraces, type TraceSummary } from './summarise-traces.ts'

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

/** What the page asks for beyond X-Ray's API. It changes with the page: nobody else is to use it. */
export function pageApi(store: LocalStore, groups: GroupLookup, translate: () => TranslateSettings): Hono {
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
    const parts = store.originsOf(trace).map((bytes) => findSpan(protobufToJson(bytes), id)).find((one) =>
      one !== undefined
    )
    if (parts === undefined) return c.json<PageSpan>({ span: null, rules: [] })
    return c.json<PageSpan>({ span: parts.span, rules: spanRules(parts, translate()) })
  })
  return app
}

/** The span of an id in a request. @param id hex */
function findSpan({ resourceSpans }: OtlpJson, id: string): SpanParts | undefined {
  for (const group of objects(resourceSpans)) {
    for (const list of objects(group['scopeSpans'])) {
      const span = objects(list['spans']).find(({ spanId }) => spanId === id)
      if (span !== undefined) {
        return { span, resource: object(group['resource']), scope: object(list['scope']) }
      }
    }
  }
  return undefined
}

function objects(value: OtlpValue | undefined): OtlpJson[] {
  return Array.isArray(value) ? value.map(object) : []
}

function object(value: OtlpValue | undefined): OtlpJson {
  return typeof value === 'object' && !Array.isArray(value) ? value : {}
}
