/** A rate per minute: 4.1/min, 96/min, 12.4k/min. */
export function formatRate(perMinute: number): string {
  if (perMinute > 0 && perMinute < 0.1) return '<0.1/min'
  if (perMinute < 10) return `${perMinute.toFixed(1)}/min`
  return perMinute < 10_000 ? `${perMinute.toFixed(0)}/min` : `${(perMinute / 1000).toFixed(1)}k/min`
}

/** A share in whole percents: a share above 0 is never shown as 0 %, nor one below 1 as 100 %. @param share 0 to 1 */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.01) return '<1%'
  return `${share < 1 ? Math.min(99, Math.round(share * 100)) : 100}%`
}

/** A count with separators of thousands. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

/** The local time of day with milliseconds, and the date if it is not today's. @param seconds Unix seconds */
export function formatClock(seconds: number): string {
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime())) return '-'
  const pad = (value: number, width = 2): string => String(value).padStart(width, '0')
  const clock = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${
    pad(date.getMilliseconds(), 3)
  }`
  const isToday = date.toDateString() === new Date().toDateString()
  return isToday ? clock : `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${clock}`
}

/** The time in full, as ISO 8601. @param seconds Unix seconds */
export function formatTime(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? '-' : date.toISOString()
}

/** A size in decimal units: 12 B, 1.5 kB, 3.2 MB, 1.2 GB. */
export function formatBytes(bytes: number): string {
  if (bytes < 1e3) return `${bytes} B`
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}
