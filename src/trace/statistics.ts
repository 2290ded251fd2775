import { numberOf } from '../bytes/json.ts'
import type { SegmentSummary } from './trace-index.ts'

/** A histogram: how often each value occurred, by the value in seconds with two significant digits. */
export type Histogram = Record<string, number>

/** Outcomes and response times of the requests to a service, or over an edge: sums, so that they add and subtract. */
export interface Statistics {
  ok: number
  /** All 4xx, throttled ones too. */
  error: number
  throttle: number
  fault: number
  count: number
  /** Response times added up, in seconds. */
  time: number
  histogram: Histogram
}

/** Statistics of no request. */
export function noStatistics(): Statistics {
  return { ok: 0, error: 0, throttle: 0, fault: 0, count: 0, time: 0, histogram: {} }
}

/** Adds one request to statistics. @param sign -1 to subtract it */
export function countRequest(statistics: Statistics, request: SegmentSummary, sign: 1 | -1): void {
  statistics.count += sign
  if (request.fault) statistics.fault += sign
  if (request.error) statistics.error += sign
  if (request.throttle) statistics.throttle += sign
  if (request.ok) statistics.ok += sign
  // An older version counted responses that took for ever, which JSON has as null.
  const time = numberOf(request.responseTime) ?? 0
  statistics.time += sign * time
  addTo(statistics.histogram, String(Number(time.toPrecision(2))), sign)
}

/** Adds statistics to others. @param target is changed */
export function addStatistics(target: Statistics, added: Statistics): void {
  target.ok += added.ok
  target.error += added.error
  target.throttle += added.throttle
  target.fault += added.fault
  target.count += added.count
  target.time += added.time
  for (const [value, times] of Object.entries(added.histogram)) addTo(target.histogram, value, times)
}

function addTo(histogram: Histogram, value: string, times: number): void {
  const sum = (histogram[value] ?? 0) + times
  if (sum <= 0) delete histogram[value]
  else histogram[value] = sum
}
