import { useEffect } from 'preact/hooks'

/** Calls a function for keys that are pressed anywhere but in a field. */
export function useKeys(pressed: (event: KeyboardEvent) => void): void {
  useEffect(() => {
    const heard = (event: KeyboardEvent): void => {
      const { target, ctrlKey, metaKey } = event
      const isField = target instanceof HTMLInputElement || target instanceof HTMLSelectElement
      if (!isField && !ctrlKey && !metaKey) pressed(event)
    }
    addEventListener('keydown', heard)
    return () => removeEventListener('keydown', heard)
  })
}
