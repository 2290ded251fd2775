import { useEffect, useRef, useState } from 'preact/hooks'
import { callApi, type Summary } from './api.ts'
import { usePolled } from './use-polled.ts'

interface Page {
  readonly TraceSummaries: readonly Summary[]
  readonly NextToken?: string
}

/** Traces as far as they were read. */
export interface TraceList {
  /** The newest first. */
  readonly traces: readonly Summary[] | undefined
  readonly hasMore: boolean
  /** Traces that came and are not shown, as someone reads. */
  readonly fresh: number
  readonly problem: string
  readonly isOld: boolean
  /** Reads the next page. */
  more(): void
  /** Shows those that came. */
  showFresh(): void
}

interface Shown {
  readonly key: string
  readonly traces: readonly Summary[]
  readonly next: string | undefined
}

/**
 * Reads the list page by page. What comes later goes on top, but only while nobody would be disturbed.
 *
 * @param body of GetTraceSummaries, made anew each time it is asked
 * @param isRead whether someone reads in the list
 */
export function useTraceList(key: string, isLive: boolean, body: () => object, isRead: () => boolean): TraceList {
  const { data, problem, isOld } = usePolled<{ page: Page; asked: object }>(
    key,
    isLive,
    async (signal) => {
      const asked = body()
      return { page: await callApi<Page>('/TraceSummaries', asked, signal), asked }
    },
    { leastMs: 1000 },
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

/** Whether there is a gap between what came and what was known. */
function isRestart({ TraceSummaries: fresh, NextToken }: Page, old: Shown): boolean {
  if (NextToken === undefined) return true
  const known = new Set(old.traces.map(({ Id }) => Id))
  return !fresh.some(({ Id }) => known.has(Id))
}

/** Both lists, each trace once, as the first has it. */
function merge(first: readonly Summary[], second: readonly Summary[]): Summary[] {
  const known = new Set(first.map(({ Id }) => Id))
  return [...first, ...second.filter(({ Id }) => !known.has(Id))].sort((a, b) => b.StartTime - a.StartTime)
}
