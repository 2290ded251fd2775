import type { SegmentSummary } from './trace-index.ts'

/** How often a value of a histogram occurred, by the value in seconds with two digits. */
export type Counts = Record<string, number>

/** What came of the requests to a service, or over an edge. Sums that can be added and taken away again. */
export interface Statistics {
  ok: number
  /** All 4xx, throttled ones too. */
  error: number
  throttle: number
  fault: number
  count: number
  /** Seconds. */
  time: number
  histogram: Counts
}

/** Statistics of nothing. */
export function noStatistics(): Statistics {
  return { ok: 0, error: 0, throttle: 0, fault: 0, count: 0, time: 0, histogram: {} }
}

/** Counts an occurrence. @param sign -1 takes it away again */
export function count(statistics: Statistics, one: SegmentSummary, sign: 1 | -1): void {
  statistics.count += sign
  if (one.fault) statistics.fault += sign
  if (one.error) statistics.error += sign
  if (one.throttle) statistics.throttle += sign
  if (one.ok) statistics.ok += sign
  statistics.time += sign * one.responseTime
  addTo(statistics.histogram, String(Number(one.responseTime.toPrecision(2))), sign)
}

/** Adds one to the other. */
export function addStatistics(to: Statistics, from: Statistics): void {
  to.ok += from.ok
  to.error += from.error
  to.throttle += from.throttle
  to.fault += from.fault
  to.count += from.count
  to.time += from.time
  for (const [value, times] of Object.entries(from.histogram)) addTo(to.histogram, value, times)
}

function addTo(histogram: Counts, value: string, times: number): void {
  const sum = (histogram[value] ?? 0) + times
  if (sum <= 0) delete histogram[value]
  else histogram[value] = sum
}
