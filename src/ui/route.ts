/** What the page shows, as its URL says. */
export interface Route {
  /** The path of the URL: a view, or one trace. */
  readonly path: string
  /** What is shown of the view: filter, time range, chosen node, tab. */
  readonly query: URLSearchParams
}

/** Members of a query; one that is undefined or empty is left out of the URL. */
export type RouteQuery = Readonly<Record<string, string | undefined>>

const listeners = new Set<() => void>()

/** Calls a function whenever the route changes, by the page or by the browser's buttons. @returns what ends that */
export function onRouteChange(listener: () => void): () => void {
  listeners.add(listener)
  addEventListener('popstate', listener)
  return () => {
    listeners.delete(listener)
    removeEventListener('popstate', listener)
  }
}

/** The route that the URL of the browser names. */
export function currentRoute(): Route {
  return { path: location.pathname, query: new URLSearchParams(location.search) }
}

/** Goes to a view or a trace. The browser's Back button leads back. */
export function goTo(path: string, query: RouteQuery = {}): void {
  history.pushState(null, '', urlOf(path, query))
  notify()
}

/**
 * Changes what is shown of the current view.
 *
 * @param query the members that change
 * @param isStep whether the browser's Back button leads back to what was shown before
 */
export function changeQuery(query: RouteQuery, isStep = false): void {
  const all = Object.fromEntries(new URLSearchParams(location.search))
  const url = urlOf(location.pathname, { ...all, ...query })
  if (isStep) history.pushState(null, '', url)
  else history.replaceState(null, '', url)
  notify()
}

/** The URL of a view or a trace. It has the time range of the current URL unless `query` names another. */
export function urlOf(path: string, query: RouteQuery = {}): string {
  const search = new URLSearchParams()
  const now = new URLSearchParams(location.search)
  const time = Object.fromEntries(['range', 'from', 'to'].map((name) => [name, now.get(name) ?? undefined]))
  for (const [name, value] of Object.entries({ ...time, ...query })) if (value) search.set(name, value)
  const text = search.toString()
  return text === '' ? path : `${path}?${text}`
}

/** Follows links within the page without loading it again. */
export function followLinks(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (link === null || link.origin !== location.origin || link.target !== '' || event.ctrlKey || event.metaKey) return
  event.preventDefault()
  history.pushState(null, '', link.href)
  notify()
}

function notify(): void {
  for (const listener of listeners) listener()
}
