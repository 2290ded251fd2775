/** The axis begins at 1 ms, which is ten to the power of this. */
const FIRST_DECADE = -3
const DECADES = 4

/** Bins of a histogram of response times: equal parts of the axis. */
export const RESPONSE_TIME_BINS = 80

/** Where a response time lies on the logarithmic axis. @returns 0 for 1 ms or less, 1 for 10 s or more */
export function positionOnAxis(seconds: number): number {
  const decade = Math.log10(Math.max(seconds, 10 ** FIRST_DECADE))
  return Math.min(1, Math.max(0, (decade - FIRST_DECADE) / DECADES))
}

/** The response time at a position of the axis, in seconds. @param position 0 to 1 */
export function secondsAt(position: number): number {
  return 10 ** (position * DECADES + FIRST_DECADE)
}
