import { positionOnAxis, RESPONSE_TIME_BINS } from './response-time-axis.ts'
import type { TraceIndex } from './trace-index.ts'

/** How often each value of something occurs, the most frequent first. */
export type Facet = readonly (readonly [value: string, count: number])[]

/** What many traces are, taken together. */
export interface TraceSummary {
  readonly count: number
  /** Counts by response time, each as ok, error, fault and throttle; {@link binOf} says which is where. */
  readonly bins: readonly (readonly [number, number, number, number])[]
  /** Seconds under which half, 95 and 99 of 100 lie. */
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly facets: Readonly<Record<'outcome' | 'root' | 'method' | 'url' | 'status' | 'user' | 'annotation', Facet>>
}

const MOST_VALUES = 8

/** The bin of a response time in seconds. */
function binOf(seconds: number): number {
  return Math.min(RESPONSE_TIME_BINS - 1, Math.floor(positionOnAxis(seconds) * RESPONSE_TIME_BINS))
}

/** Summarises traces. */
export function summariseTraces(traces: readonly TraceIndex[]): TraceSummary {
  const bins = Array.from({ length: RESPONSE_TIME_BINS }, (): [number, number, number, number] => [0, 0, 0, 0])
  const facets = {
    outcome: new Map<string, number>(),
    root: new Map<string, number>(),
    method: new Map<string, number>(),
    url: new Map<string, number>(),
    status: new Map<string, number>(),
    user: new Map<string, number>(),
    annotation: new Map<string, number>(),
  }
  const add = (facet: Map<string, number>, value: string | number | undefined): void => {
    if (value !== undefined) facet.set(String(value), (facet.get(String(value)) ?? 0) + 1)
  }
  for (const facts of traces) {
    const outcome = outcomeOf(facts)
    const bin = bins[binOf(facts.responseTime)]
    const at = { ok: 0, partial: 0, error: 1, fault: 2, throttle: 3 }[outcome]
    if (bin !== undefined) bin[at] = (bin[at] ?? 0) + 1
    add(facets.outcome, outcome)
    const entry = facts.occurrences[facts.entry]
    add(facets.root, entry?.name)
    add(facets.method, entry?.method)
    add(facets.url, entry?.url)
    add(facets.status, entry?.status)
    for (const user of new Set(facts.occurrences.flatMap((one) => one.user ?? []))) add(facets.user, user)
    const keys = new Set(facts.occurrences.flatMap(({ annotations }) => Object.keys(annotations)))
    for (const key of keys) add(facets.annotation, key)
  }
  const times = traces.map(({ responseTime }) => responseTime).sort((a, b) => a - b)
  const quantile = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  return {
    count: traces.length,
    bins,
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
    facets: {
      outcome: most(facets.outcome),
      root: most(facets.root),
      method: most(facets.method),
      url: most(facets.url),
      status: most(facets.status),
      user: most(facets.user),
      annotation: most(facets.annotation),
    },
  }
}

/** The worst that happened in a trace. */
function outcomeOf({ occurrences, partial }: TraceIndex): 'ok' | 'error' | 'fault' | 'throttle' | 'partial' {
  for (const flag of ['fault', 'throttle', 'error'] as const) if (occurrences.some((one) => one[flag])) return flag
  return partial ? 'partial' : 'ok'
}

function most(facet: ReadonlyMap<string, number>): Facet {
  return [...facet].sort((a, b) => b[1] - a[1]).slice(0, MOST_VALUES)
}
