import { useLayoutEffect, useRef } from 'preact/hooks'

/** What each key does, by `KeyboardEvent.key`; `g m` is m after g, which goes before m alone. */
export type KeyHandlers = Readonly<Record<string, (event: KeyboardEvent) => void>>

const registered = new Set<{ readonly current: KeyHandlers }>()
let keyBefore = ''

/** Handles keys that are pressed anywhere but in a field. */
export function useKeys(handlers: KeyHandlers): void {
  const latest = useRef(handlers)
  // Before anything is painted: whoever sees something new may press its keys.
  useLayoutEffect(() => {
    latest.current = handlers
  })
  useLayoutEffect(() => {
    registered.add(latest)
    addEventListener('keydown', dispatch)
    return () => {
      registered.delete(latest)
      if (registered.size === 0) removeEventListener('keydown', dispatch)
    }
  }, [])
}

function dispatch(event: KeyboardEvent): void {
  const { target, ctrlKey, metaKey, key } = event
  const isField = target instanceof HTMLInputElement || target instanceof HTMLSelectElement
  if (isField || ctrlKey || metaKey) return
  const handlersOf = (keys: string) => [...registered].flatMap(({ current }) => current[keys] ?? [])
  const ofSequence = handlersOf(`${keyBefore} ${key}`)
  keyBefore = key
  for (const handle of ofSequence.length > 0 ? ofSequence : handlersOf(key)) handle(event)
}
