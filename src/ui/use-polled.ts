import { useEffect, useState } from 'preact/hooks'

/** What was read, and why it could not be read of late. */
export interface Polled<T> {
  readonly data: T | undefined
  readonly problem: string
}

const EVERY_MS = 2000

/** Reads something again and again while the page is seen. @param key another one reads anew at once */
export function usePolled<T>(key: string, isLive: boolean, read: (signal: AbortSignal) => Promise<T>): Polled<T> {
  const [state, setState] = useState<Polled<T>>({ data: undefined, problem: '' })
  useEffect(() => {
    const ended = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const next = async (): Promise<void> => {
      try {
        const data = await read(ended.signal)
        if (!ended.signal.aborted) setState({ data, problem: '' })
      } catch (error) {
        // What was read before stays to be seen.
        if (!ended.signal.aborted) {
          setState(({ data }) => ({ data, problem: error instanceof Error ? error.message : String(error) }))
        }
      }
      if (isLive && !ended.signal.aborted) {
        timer = setTimeout(() => void next(), document.hidden ? EVERY_MS * 5 : EVERY_MS)
      }
    }
    void next()
    return () => {
      ended.abort()
      clearTimeout(timer)
    }
  }, [key, isLive])
  return state
}
