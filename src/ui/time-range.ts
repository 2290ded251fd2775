/** A time range as X-Ray's API takes it, in Unix seconds. */
export interface TimeRange {
  readonly StartTime: number
  readonly EndTime: number
}

/** The time range if the URL names none. */
export const DEFAULT_RANGE = '30m'

/** The time ranges up to now to choose from, in seconds. */
export const ranges: Readonly<Record<string, number>> = {
  '5m': 300,
  '30m': 1800,
  '1h': 3600,
  '6h': 21_600,
  '1d': 86_400,
  '7d': 604_800,
}

/** The time range that a query names: a fixed one, or one up to now. */
export function timeRangeOf(query: URLSearchParams): TimeRange {
  const fixed = fixedRange(query)
  if (fixed !== undefined) return { StartTime: fixed.from, EndTime: fixed.to }
  const now = Date.now() / 1000
  return { StartTime: now - secondsOf(query), EndTime: now + 60 }
}

/** The fixed time range that a query names, in Unix seconds; undefined if it is one up to now. */
export function fixedRange(query: URLSearchParams): { from: number; to: number } | undefined {
  const [from, to] = ['from', 'to'].map((name) => Date.parse(query.get(name) ?? '') / 1000)
  return from === undefined || to === undefined || !(from < to) ? undefined : { from, to }
}

/** A key of the time range that a query names; two queries with one key name one range. */
export function rangeKey(query: URLSearchParams): string {
  return ['range', 'from', 'to'].map((name) => query.get(name) ?? '').join(' ')
}

/** The length of the time range that a query names, in minutes. */
export function minutesOf(query: URLSearchParams): number {
  const fixed = fixedRange(query)
  return (fixed === undefined ? secondsOf(query) : fixed.to - fixed.from) / 60
}

function secondsOf(query: URLSearchParams): number {
  return ranges[query.get('range') ?? DEFAULT_RANGE] ?? 1800
}
