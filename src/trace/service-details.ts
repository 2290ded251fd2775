import type { CauseService, TraceIndex } from './trace-index.ts'

/** What a service answers on one route. */
export interface RouteFigures {
  /** Method and path; ids in the path are `*`. */
  readonly route: string
  count: number
  /** Seconds, of all together. */
  time: number
  fault: number
  error: number
  throttle: number
}

/** Where faults begin. */
export interface CauseFigures {
  /** The service that failed first. */
  readonly service: string
  /** What failed there: the exception, or the segment. */
  readonly what: string
  count: number
  /** The newest trace with it. */
  readonly newest: string
}

/** What traces tell of a service, or of the calls between two. */
export interface ServiceDetails {
  readonly traces: number
  readonly faults: number
  readonly routes: readonly RouteFigures[]
  readonly causes: readonly CauseFigures[]
}

const MOST_ROUTES = 8
const MOST_CAUSES = 3

/** Finds what traces tell of a service. @param traces the newest first @param name the service's; none for an edge */
export function serviceDetails(traces: readonly TraceIndex[], name: string | undefined): ServiceDetails {
  const routes = new Map<string, RouteFigures>()
  const causes = new Map<string, CauseFigures>()
  let faults = 0
  for (const facts of traces) {
    for (const one of facts.occurrences) {
      if (one.name !== name || one.url === undefined || one.inferred) continue
      const route = [one.method, pathOf(one.url)].filter(Boolean).join(' ')
      const figures = routes.get(route) ?? { route, count: 0, time: 0, fault: 0, error: 0, throttle: 0 }
      routes.set(route, figures)
      figures.count++
      figures.time += one.responseTime
      figures.fault += Number(one.fault)
      figures.error += Number(one.error && !one.throttle)
      figures.throttle += Number(one.throttle)
    }
    const path = facts.causes.fault[0]
    if (path === undefined) continue
    faults++
    const { service, what } = firstOf(path)
    const key = `${service}\u0000${what}`
    const figures = causes.get(key) ?? { service, what, count: 0, newest: facts.id }
    causes.set(key, figures)
    figures.count++
  }
  const byCount = (a: { count: number }, b: { count: number }): number => b.count - a.count
  return {
    traces: traces.length,
    faults,
    routes: [...routes.values()].sort(byCount).slice(0, MOST_ROUTES),
    causes: [...causes.values()].sort(byCount).slice(0, MOST_CAUSES),
  }
}

/** What failed first: the end of the path. */
function firstOf(path: readonly CauseService[]): { service: string; what: string } {
  const last = path.at(-1)
  const entity = last?.entities.at(-1)
  const [exception] = entity?.exceptions ?? []
  const what = exception === undefined ? entity?.name ?? '' : `${exception.name} ${exception.message}`.trim()
  return { service: last?.name ?? '', what: what.slice(0, 200) }
}

/** The path of a URL, with `*` where it names something by number or by a long hex text. */
function pathOf(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : url.split('?')[0] ?? url
  return path.split('/').map((part) => (/^\d+$|^[0-9a-f-]{8,}$/i.test(part) ? '*' : part)).join('/')
}
