import { useEffect, useRef, useState } from 'preact/hooks'
import { callApi, type TraceSummary } from '../api.ts'
import { usePolled } from './use-polled.ts'

interface Page {
  readonly TraceSummaries: readonly TraceSummary[]
  readonly NextToken?: string
}

/** The traces that were read so far. */
export interface TraceList {
  /** The newest first; undefined until the first answer. */
  readonly traces: readonly TraceSummary[] | undefined
  /** Whether the server has more of them. */
  readonly hasMore: boolean
  /** How many new traces are held back while someone reads. */
  readonly fresh: number
  /** Why the list could not be read; else empty. */
  readonly problem: string
  /** Whether the traces are those of another key. */
  readonly isOld: boolean
  /** Reads the next page. */
  more(): void
  /** Shows the traces that are held back. */
  showFresh(): void
}

interface Shown {
  readonly key: string
  readonly traces: readonly TraceSummary[]
  readonly next: string | undefined
}

/**
 * Reads the list page by page. New traces go on top, but only while nobody reads.
 *
 * @param key names the list, such as its filter and time range
 * @param body returns the body of GetTraceSummaries, for each read
 * @param isRead returns whether someone reads in the list
 */
export function useTraceList(key: string, isLive: boolean, body: () => object, isRead: () => boolean): TraceList {
  const { data, problem, isOld } = usePolled<{ page: Page; asked: object }>(
    key,
    isLive,
    async (signal) => {
      const asked = body()
      return { page: await callApi<Page>('/TraceSummaries', asked, signal), asked }
    },
    { minIntervalMs: 1000 },
  )
  const [shown, setShown] = useState<Shown | undefined>(undefined)
  const [fresh, setFresh] = useState(0)
  const asked = useRef<object>({})
  const isBusy = useRef(false)
  const put = (page: Page): void => {
    setFresh(0)
    setShown((old) => {
      if (old === undefined || old.key !== key || isRestart(page, old)) {
        return { key, traces: page.TraceSummaries, next: page.NextToken }
      }
      return { ...old, traces: merge(page.TraceSummaries, old.traces) }
    })
  }
  useEffect(() => {
    if (data === undefined || isOld) return
    asked.current = data.asked
    if (shown === undefined || shown.key !== key || !isRead()) put(data.page)
    else {
      const known = new Set(shown.traces.map(({ Id }) => Id))
      setFresh(data.page.TraceSummaries.filter(({ Id }) => !known.has(Id)).length)
    }
  }, [data, isOld, key])
  const more = (): void => {
    if (shown?.next === undefined || isBusy.current) return
    isBusy.current = true
    callApi<Page>('/TraceSummaries', { ...asked.current, NextToken: shown.next }).then((page) => {
      setShown((old) =>
        old?.key !== shown.key ? old : { ...old, traces: merge(old.traces, page.TraceSummaries), next: page.NextToken }
      )
    }, () => {}).finally(() => (isBusy.current = false))
  }
  return {
    traces: shown?.traces,
    hasMore: shown?.next !== undefined,
    fresh,
    problem,
    isOld,
    more,
    showFresh: () => data !== undefined && put(data.page),
  }
}

/** Whether there is a gap between the newest page and the traces that are known. */
function isRestart({ TraceSummaries: fresh, NextToken }: Page, old: Shown): boolean {
  if (NextToken === undefined) return true
  const known = new Set(old.traces.map(({ Id }) => Id))
  return !fresh.some(({ Id }) => known.has(Id))
}

/** Both lists, the newest first; a trace of both is the one of the first. */
function merge(first: readonly TraceSummary[], second: readonly TraceSummary[]): TraceSummary[] {
  const known = new Set(first.map(({ Id }) => Id))
  return [...first, ...second.filter(({ Id }) => !known.has(Id))].sort((a, b) => b.StartTime - a.StartTime)
}
