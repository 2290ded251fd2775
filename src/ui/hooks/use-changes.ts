import { useEffect } from 'preact/hooks'

type Listener = () => void

const listeners = new Set<Listener>()
let source: EventSource | undefined

/** Opens or closes the one connection of the page: none while it is hidden, as browsers open only a few to a server. */
function connect(): void {
  const isWanted = listeners.size > 0 && !document.hidden
  if (isWanted === (source !== undefined)) return
  source?.close()
  source = undefined
  if (!isWanted) return
  source = new EventSource('/changes')
  source.addEventListener('change', () => listeners.forEach((listener) => listener()))
}

document.addEventListener('visibilitychange', () => {
  connect()
  // Changes during the time without a connection were not reported.
  if (!document.hidden) listeners.forEach((listener) => listener())
})

/** Calls a function whenever the server reports a change. */
export function useChanges(listener: Listener): void {
  useEffect(() => {
    listeners.add(listener)
    connect()
    return () => {
      listeners.delete(listener)
      connect()
    }
  }, [listener])
}
