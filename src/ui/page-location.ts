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

/** Changes what is shown of a view: the browser's button does not lead back to it. */
export function change(query: Readonly<Record<string, string | undefined>>): void {
  const all = Object.fromEntries(new URLSearchParams(location.search))
  history.replaceState(null, '', urlOf(location.pathname, { ...all, ...query }))
  for (const listener of listeners) listener()
}

/** A URL of the page; what is undefined or empty is left out, the time range is kept. */
export function urlOf(path: string, query: Readonly<Record<string, string | undefined>> = {}): string {
  const range = new URLSearchParams(location.search).get('range') ?? undefined
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries({ range, ...query })) if (value) search.set(name, value)
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

/** The time ranges to choose from, in seconds. */
export const ranges: Readonly<Record<string, number>> = {
  '5m': 300,
  '30m': 1800,
  '1h': 3600,
  '6h': 21_600,
  '1d': 86_400,
  '7d': 604_800,
}

/** The time range of the page, in Unix seconds, up to now. */
export function rangeOf(query: URLSearchParams): { StartTime: number; EndTime: number } {
  const now = Date.now() / 1000
  return { StartTime: now - (ranges[query.get('range') ?? '30m'] ?? 1800), EndTime: now + 60 }
}
