import { useEffect, useState } from 'preact/hooks'

/** What the page shows, as its URL says. */
export interface Place {
  readonly path: string
  readonly query: URLSearchParams
}

const listeners = new Set<() => void>()

/** Where the page is; the component is drawn anew when that changes. */
export function usePlace(): Place {
  const [, redraw] = useState(0)
  useEffect(() => {
    const changed = (): void => redraw((count) => count + 1)
    listeners.add(changed)
    addEventListener('popstate', changed)
    return () => {
      listeners.delete(changed)
      removeEventListener('popstate', changed)
    }
  }, [])
  return { path: location.pathname, query: new URLSearchParams(location.search) }
}

/** Goes to a view, a trace or a node: the browser's button leads back. */
export function goTo(path: string, query: Readonly<Record<string, string | undefined>> = {}): void {
  history.pushState(null, '', urlOf(path, query))
  for (const listener of listeners) listener()
}

/** Changes what is shown of a view. @param isStep the browser's button leads back to what was shown before */
export function change(query: Readonly<Record<string, string | undefined>>, isStep = false): void {
  const all = Object.fromEntries(new URLSearchParams(location.search))
  const url = urlOf(location.pathname, { ...all, ...query })
  if (isStep) history.pushState(null, '', url)
  else history.replaceState(null, '', url)
  for (const listener of listeners) listener()
}

/** A URL of the page; what is undefined or empty is left out, the time range is kept. */
export function urlOf(path: string, query: Readonly<Record<string, string | undefined>> = {}): string {
  const search = new URLSearchParams()
  const now = new URLSearchParams(location.search)
  const time = Object.fromEntries(['range', 'from', 'to'].map((name) => [name, now.get(name) ?? undefined]))
  for (const [name, value] of Object.entries({ ...time, ...query })) if (value) search.set(name, value)
  const text = search.toString()
  return text === '' ? path : `${path}?${text}`
}

/** Follows links within the page without loading it anew. */
export function followLinks(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (link === null || link.origin !== location.origin || link.target !== '' || event.ctrlKey || event.metaKey) return
  event.preventDefault()
  history.pushState(null, '', link.href)
  for (const listener of listeners) listener()
}

/** The time range if the URL names none. */
export const DEFAULT_RANGE = '30m'

/** The time ranges to choose from, in seconds. */
export const ranges: Readonly<Record<string, number>> = {
  '5m': 300,
  '30m': 1800,
  '1h': 3600,
  '6h': 21_600,
  '1d': 86_400,
  '7d': 604_800,
}

/** The time range of the page, in Unix seconds: a fixed one, or up to now. */
export function rangeOf(query: URLSearchParams): { StartTime: number; EndTime: number } {
  const fixed = fixedRange(query)
  if (fixed !== undefined) return { StartTime: fixed.from, EndTime: fixed.to }
  const now = Date.now() / 1000
  return { StartTime: now - secondsOf(query), EndTime: now + 60 }
}

/** The fixed time range of the page, in Unix seconds; undefined if it is one up to now. */
export function fixedRange(query: URLSearchParams): { from: number; to: number } | undefined {
  const [from, to] = ['from', 'to'].map((name) => Date.parse(query.get(name) ?? '') / 1000)
  return from === undefined || to === undefined || !(from < to) ? undefined : { from, to }
}

/** What a time range is known by. */
export function rangeKey(query: URLSearchParams): string {
  return ['range', 'from', 'to'].map((name) => query.get(name) ?? '').join(' ')
}

/** How long the time range is, in minutes. */
export function minutesOf(query: URLSearchParams): number {
  const fixed = fixedRange(query)
  return (fixed === undefined ? secondsOf(query) : fixed.to - fixed.from) / 60
}

function secondsOf(query: URLSearchParams): number {
  return ranges[query.get('range') ?? DEFAULT_RANGE] ?? 1800
}
