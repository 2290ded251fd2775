/** Formats a time for people: 12 s, 34 min, 5.6 h. @param seconds the time */
export function formatPeriod(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(0)} s`
  return seconds < 7200 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(1)} h`
}
