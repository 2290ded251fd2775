import type { SummaryStatistics } from '../api.ts'

/** The outcomes that statistics count, in the order in which marks show them. */
export const countedOutcomes = ['ok', 'error', 'fault', 'throttle'] as const

/** How many requests had each outcome. */
export type OutcomeCounts = Readonly<Record<typeof countedOutcomes[number], number>>

/** The counts of a service or an edge by outcome. */
export function outcomeCounts({ OkCount, ErrorStatistics, FaultStatistics }: SummaryStatistics): OutcomeCounts {
  return {
    fault: FaultStatistics.TotalCount,
    error: ErrorStatistics.OtherCount,
    throttle: ErrorStatistics.ThrottleCount,
    ok: OkCount,
  }
}

/**
 * The worst outcome that occurred.
 *
 * @param total of all requests
 * @param minShare the share of all requests that an outcome other than ok must have, 0 to 1
 */
export function worstOutcome(
  counts: Omit<OutcomeCounts, 'ok'>,
  total: number,
  minShare = 0,
): keyof OutcomeCounts {
  const worst = (['fault', 'throttle', 'error'] as const).find((outcome) =>
    counts[outcome] > 0 && counts[outcome] / Math.max(1, total) >= minShare
  )
  return worst ?? 'ok'
}
