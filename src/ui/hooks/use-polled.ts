import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { errorMessage } from '../../errors/error-message.ts'
import { useChanges } from './use-changes.ts'

/** What was read last, and why the latest attempt failed. */
export interface Polled<T> {
  readonly data: T | undefined
  /** Empty if the latest attempt succeeded. */
  readonly problem: string
  /** Whether `data` belongs to another key, whose successor is being read. */
  readonly isOld: boolean
}

/** How often something is read while it is shown, in milliseconds. */
export interface Pace {
  /** The shortest time between two reads, when the server reports changes. */
  readonly minIntervalMs?: number
  /** The longest time between two reads, when it reports none. */
  readonly maxIntervalMs?: number
}

const RETRY_MS = 2000

/**
 * Reads something when the key changes, and while the page is live again whenever the server reports a change.
 * What was read stays until there is something else.
 *
 * @param key names what is read; `read` itself may be another function in each call
 * @param read reads it; its signal aborts when the key changes or the component goes
 */
export function usePolled<T>(
  key: string,
  isLive: boolean,
  read: (signal: AbortSignal) => Promise<T>,
  { minIntervalMs = 500, maxIntervalMs = 30_000 }: Pace = {},
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
      else if (isFailed) plan(RETRY_MS)
      else if (isLive && !document.hidden) plan(maxIntervalMs)
    }
    wake.current = () => {
      if (isBusy) isWanted = true
      else plan(Math.max(0, last + minIntervalMs - Date.now()))
    }
    void next()
    return () => {
      ended.abort()
      clearTimeout(timer)
    }
  }, [key, isLive])
  const onChange = useCallback(() => isLive && wake.current(), [isLive])
  useChanges(onChange)
  return { data: state.data, problem: state.problem, isOld: state.key !== key }
}
