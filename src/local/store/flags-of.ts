import type { SegmentSummary } from '../../trace/trace-index.ts'

/** The bits of the columns `traces.flags` and `services.flags`. */
export const flagBits = { ok: 1, error: 2, fault: 4, throttle: 8, partial: 16 } as const

/**
 * The flags of a segment as one number.
 *
 * @param summary undefined if there is no segment
 * @param isPartial sets that bit
 */
export function flagsOf(summary: SegmentSummary | undefined, isPartial: boolean): number {
  const partial = isPartial ? flagBits.partial : 0
  if (summary === undefined) return partial
  return (summary.ok ? flagBits.ok : 0) | (summary.error ? flagBits.error : 0) | (summary.fault ? flagBits.fault : 0) |
    (summary.throttle ? flagBits.throttle : 0) | partial
}
