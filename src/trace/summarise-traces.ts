import type { Facet, TraceSetSummary } from './api/page-answers.ts'
import { type Outcome, outcomeOfTrace } from './outcome.ts'
import { positionOnAxis, RESPONSE_TIME_BINS } from './response-time-axis.ts'
import type { SegmentSummary, TraceIndex } from './trace-index.ts'

/** The most frequent values that a facet lists. */
const MAX_VALUES = 8

type Bin = [ok: number, error: number, fault: number, throttle: number]

/** Where in a bin an outcome is counted. */
const positions: Readonly<Record<Outcome, 0 | 1 | 2 | 3>> = { ok: 0, 'in-progress': 0, error: 1, fault: 2, throttle: 3 }

/** Summarises traces: how their response times are spread, and how often values occur. */
export function summariseTraces(traces: readonly TraceIndex[]): TraceSetSummary {
  const bins = Array.from({ length: RESPONSE_TIME_BINS }, (): Bin => [0, 0, 0, 0])
  for (const trace of traces) {
    const bin = bins[binOf(trace.responseTime)]
    if (bin !== undefined) bin[positions[outcomeOfTrace(trace)]]++
  }
  const times = traces.map(({ responseTime }) => responseTime).sort((a, b) => a - b)
  const quantile = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  return {
    count: traces.length,
    bins,
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
    facets: facetsOf(traces),
  }
}

/** The bin of a response time in seconds. */
function binOf(seconds: number): number {
  return Math.min(RESPONSE_TIME_BINS - 1, Math.floor(positionOnAxis(seconds) * RESPONSE_TIME_BINS))
}

function facetsOf(traces: readonly TraceIndex[]): TraceSetSummary['facets'] {
  const ofEntry = (value: (entry: SegmentSummary) => string | number | undefined): Facet =>
    facetOf(traces, ({ summaries, entry }) => {
      const summary = summaries[entry]
      return summary === undefined ? [] : [value(summary)]
    })
  return {
    outcome: facetOf(traces, (trace) => [keywordOf(outcomeOfTrace(trace))]),
    root: ofEntry(({ name }) => name),
    method: ofEntry(({ method }) => method),
    url: ofEntry(({ url }) => url),
    status: ofEntry(({ status }) => status),
    user: facetOf(traces, ({ summaries }) => summaries.map(({ user }) => user)),
    annotation: facetOf(traces, ({ summaries }) => summaries.flatMap(({ annotations }) => Object.keys(annotations))),
  }
}

/** The word of filter expressions for an outcome. */
function keywordOf(outcome: Outcome): string {
  return outcome === 'in-progress' ? 'partial' : outcome
}

/** Counts values, each once per trace, the most frequent first. */
function facetOf(
  traces: readonly TraceIndex[],
  valuesOf: (trace: TraceIndex) => readonly (string | number | undefined)[],
): Facet {
  const counts = new Map<string, number>()
  for (const trace of traces) {
    for (const value of new Set(valuesOf(trace))) {
      if (value !== undefined) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1)
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1]).slice(0, MAX_VALUES)
}
