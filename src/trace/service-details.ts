import type { CauseFigures, RouteFigures, ServiceDetails } from './api/page-answers.ts'
import type { CauseService, SegmentSummary, TraceIndex } from './trace-index.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const MAX_ROUTES = 8
const MAX_CAUSES = 3
/** Characters of a cause's text. */
const MAX_CAUSE_LENGTH = 200

/**
 * Computes what traces say about a service: its routes, and where their faults begin.
 *
 * @param traces the newest first
 * @param name the service; undefined for an edge, which has no routes
 */
export function serviceDetails(traces: readonly TraceIndex[], name: string | undefined): ServiceDetails {
  const routes = new Map<string, Mutable<RouteFigures>>()
  const causes = new Map<string, Mutable<CauseFigures>>()
  let faults = 0
  for (const trace of traces) {
    for (const summary of trace.summaries) if (summary.name === name) countRoute(routes, summary)
    const path = trace.causes.fault[0]
    if (path === undefined) continue
    faults++
    countCause(causes, path, trace.id)
  }
  const byCount = (a: { count: number }, b: { count: number }): number => b.count - a.count
  return {
    traces: traces.length,
    faults,
    routes: [...routes.values()].sort(byCount).slice(0, MAX_ROUTES),
    causes: [...causes.values()].sort(byCount).slice(0, MAX_CAUSES),
  }
}

function countRoute(routes: Map<string, Mutable<RouteFigures>>, summary: SegmentSummary): void {
  const { method, url, inferred } = summary
  if (url === undefined || inferred) return
  const route = [method, pathOf(url)].filter(Boolean).join(' ')
  const statistics = routes.get(route) ?? { route, count: 0, time: 0, fault: 0, error: 0, throttle: 0 }
  routes.set(route, statistics)
  statistics.count++
  statistics.time += summary.responseTime
  statistics.fault += Number(summary.fault)
  statistics.error += Number(summary.error && !summary.throttle)
  statistics.throttle += Number(summary.throttle)
}

/** @param trace the id of the trace that failed */
function countCause(causes: Map<string, Mutable<CauseFigures>>, path: readonly CauseService[], trace: string): void {
  const { service, what } = firstFailure(path)
  const key = `${service}\u0000${what}`
  const cause = causes.get(key) ?? { service, what, count: 0, newest: trace }
  causes.set(key, cause)
  cause.count++
}

/** What failed first: the end of the path. */
function firstFailure(path: readonly CauseService[]): { service: string; what: string } {
  const last = path.at(-1)
  const entity = last?.entities.at(-1)
  const [exception] = entity?.exceptions ?? []
  const what = exception === undefined ? entity?.name ?? '' : `${exception.name} ${exception.message}`.trim()
  return { service: last?.name ?? '', what: what.slice(0, MAX_CAUSE_LENGTH) }
}

/** The path of a URL, with `*` in place of numbers and of hexadecimal texts of at least eight characters. */
function pathOf(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : url.split('?')[0] ?? url
  return path.split('/').map((part) => (/^\d+$|^[0-9a-f-]{8,}$/i.test(part) ? '*' : part)).join('/')
}
