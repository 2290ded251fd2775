/** Formats a duration for people: 0.4 ms, 212 ms, 1.84 s, 1 min 04 s. */
export function formatSeconds(seconds: number): string {
  if (seconds < 0.001) return `${(seconds * 1000).toFixed(1)} ms`
  if (seconds < 0.9995) return `${(seconds * 1000).toFixed(0)} ms`
  if (seconds < 59.995) return `${seconds.toFixed(2)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
}
