import { errorMessage } from '../errors/error-message.ts'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { useChanges } from './use-changes.ts'

/** What was read, and why it could not be read of late. */
export interface Polled<T> {
  readonly data: T | undefined
  readonly problem: string
  /** What was read belongs to another key: it is being read anew. */
  readonly isOld: boolean
}

/** How often something is read while it is seen. */
export interface Pace {
  /** At most so often, when the server tells of changes, in milliseconds. */
  readonly leastMs?: number
  /** At least so often, in milliseconds. */
  readonly mostMs?: number
}

/** After a failure it is tried again so soon, in milliseconds. */
const AGAIN_MS = 2000

/**
 * Reads something when the key changes, and while the page is live again whenever the server tells that there is more.
 * What was read stays to be seen until there is something else.
 */
export function usePolled<T>(
  key: string,
  isLive: boolean,
  read: (signal: AbortSignal) => Promise<T>,
  { leastMs = 500, mostMs = 30_000 }: Pace = {},
): Polled<T> {
  const [state, setState] = useState<{ data: T | undefined; problem: string; key: string }>({
    data: undefined,
    problem: '',
    key,
  })
  const wake = useRef<() => void>(() => {})
  useEffect(() => {
    const ended = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    let isBusy = false
    let isWanted = false
    let last = 0
    const plan = (afterMs: number): void => {
      clearTimeout(timer)
      if (!ended.signal.aborted) timer = setTimeout(() => void next(), afterMs)
    }
    const next = async (): Promise<void> => {
      if (isBusy) return
      isBusy = true
      isWanted = false
      last = Date.now()
      let isFailed = false
      try {
        const data = await read(ended.signal)
        if (!ended.signal.aborted) setState({ data, problem: '', key })
      } catch (error) {
        isFailed = true
        const problem = errorMessage(error)
        if (!ended.signal.aborted) setState(({ data }) => ({ data, problem, key }))
      }
      isBusy = false
      if (isWanted) wake.current()
      else if (isFailed) plan(AGAIN_MS)
      else if (isLive && !document.hidden) plan(mostMs)
    }
    wake.current = () => {
      if (isBusy) isWanted = true
      else plan(Math.max(0, last + leastMs - Date.now()))
    }
    void next()
    return () => {
      ended.abort()
      clearTimeout(timer)
    }
  }, [key, isLive])
  const changed = useCallback(() => isLive && wake.current(), [isLive])
  useChanges(changed)
  return { data: state.data, problem: state.problem, isOld: state.key !== key }
}
