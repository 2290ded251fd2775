import type { SegmentSummary } from '../../trace/trace-index.ts'

/** The bits of the column `flags`. */
export const flagBits = { ok: 1, error: 2, fault: 4, throttle: 8, partial: 16 } as const

/** The flags of an occurrence, as one number. */
export function flagsOf(one: SegmentSummary | undefined, isPartial: boolean): number {
  if (one === undefined) return isPartial ? flagBits.partial : 0
  return (one.ok ? flagBits.ok : 0) | (one.error ? flagBits.error : 0) | (one.fault ? flagBits.fault : 0) |
    (one.throttle ? flagBits.throttle : 0) | (isPartial ? flagBits.partial : 0)
}
