import { useLayoutEffect } from 'preact/hooks'

/** Calls a function for keys that are pressed anywhere but in a field. */
export function useKeys(pressed: (event: KeyboardEvent) => void): void {
  // Before anything is painted: whoever sees something new may press its keys.
  useLayoutEffect(() => {
    const heard = (event: KeyboardEvent): void => {
      const { target, ctrlKey, metaKey } = event
      const isField = target instanceof HTMLInputElement || target instanceof HTMLSelectElement
      if (!isField && !ctrlKey && !metaKey) pressed(event)
    }
    addEventListener('keydown', heard)
    return () => removeEventListener('keydown', heard)
  })
}
