import { positionOnAxis } from '../../trace/response-time-axis.ts'
import type { HistogramEntry } from '../api.ts'
import type { Bin } from './histogram.tsx'

/** Bins of a histogram of X-Ray's API, which does not count outcomes: all requests count as ok. */
export function binsOf(entries: readonly HistogramEntry[], count = 48): Bin[] {
  const bins = Array.from({ length: count }, (): [number, number, number, number] => [0, 0, 0, 0])
  for (const { Value, Count } of entries) {
    const bin = bins[Math.min(count - 1, Math.floor(positionOnAxis(Value) * count))]
    if (bin !== undefined) bin[0] += Count
  }
  return bins
}

/** The response time that a share of the requests stays below, in seconds. @param share 0 to 1 */
export function quantile(entries: readonly HistogramEntry[], share: number): number {
  const total = entries.reduce((sum, { Count }) => sum + Count, 0)
  let seen = 0
  for (const { Value, Count } of entries) {
    seen += Count
    if (seen >= total * share) return Value
  }
  return 0
}
