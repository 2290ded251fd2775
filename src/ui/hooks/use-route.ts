import { useEffect, useState } from 'preact/hooks'
import { currentRoute, onRouteChange, type Route } from '../route.ts'

/** The current route. The component is drawn again when it changes. */
export function useRoute(): Route {
  const [, redraw] = useState(0)
  useEffect(() => onRouteChange(() => redraw((count) => count + 1)), [])
  return currentRoute()
}
