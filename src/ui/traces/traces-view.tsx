import { useEffect, useRef, useState } from 'preact/hooks'
import type { PageSummary } from '../../trace/api/page-answers.ts'
import { callApi } from '../api.ts'
import { usePolled } from '../hooks/use-polled.ts'
import { useProblem } from '../hooks/use-problem.ts'
import { type TraceList, useTraceList } from '../hooks/use-trace-list.ts'
import { EmptyNote } from '../kit/empty-note.tsx'
import { formatCount } from '../kit/format.ts'
import { urlOf } from '../route.ts'
import { rangeKey, timeRangeOf } from '../time-range.ts'
import { Distribution } from './distribution.tsx'
import { FilterBox } from './filter-box.tsx'
import { ListSkeleton } from './list-skeleton.tsx'
import { Refiners } from './refiners.tsx'
import { TraceTable } from './trace-table.tsx'
import './traces-view.css'

/** Traces that are read to sort them by duration. */
const MAX_SORTED = 1000
/** The server has more new traces than this, a page, or may have. */
const MAX_FRESH = 100
/** Pixels; someone who scrolled further reads. */
const READING_SCROLL = 60

/** The list of traces, with its filter and the summary of what matches. */
export function TracesView({ query, isLive }: { query: URLSearchParams; isLive: boolean }) {
  const filter = query.get('q') ?? ''
  const [isRefining, setRefining] = useState(false)
  const body = (): object => ({ ...timeRangeOf(query), ...(filter === '' ? {} : { FilterExpression: filter }) })
  const key = `${rangeKey(query)} ${filter}`
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useRef<HTMLTableSectionElement>(null)
  const isRead = (): boolean =>
    (scroller.current?.scrollTop ?? 0) > READING_SCROLL || rows.current?.contains(document.activeElement) === true
  const list = useTraceList(`traces ${key}`, isLive, body, isRead)
  const { data: summary } = usePolled<PageSummary>(
    `summary ${key}`,
    isLive,
    (signal) => callApi('/page/summary', body(), signal),
    { minIntervalMs: 3000 },
  )
  const isFilterWrong = list.problem.includes('at character')
  useProblem(isFilterWrong ? '' : list.problem)
  const isByDuration = query.get('sort') === '-duration'
  useReadForSort(list, isByDuration)
  const { traces } = list
  return (
    <>
      <FilterBox filter={filter} problem={isFilterWrong ? list.problem : ''} />
      <div class='traces'>
        <Refiners summary={summary} filter={filter} isOpen={isRefining} />
        <div class={`list ${list.isOld ? 'old' : ''}`} ref={scroller}>
          {traces === undefined ? <ListSkeleton /> : traces.length === 0 ? <NoTraces filter={filter} /> : (
            <>
              <Distribution {...{ summary, filter, isRefining }} onRefine={() => setRefining(!isRefining)} />
              <FreshButton count={list.fresh} onShow={list.showFresh} />
              <TraceTable
                traces={isByDuration ? traces.toSorted((a, b) => b.ResponseTime - a.ResponseTime) : traces}
                sort={isByDuration ? 'duration' : 'time'}
                scroller={scroller}
                body={rows}
                onEnd={list.hasMore ? list.more : undefined}
              />
            </>
          )}
        </div>
      </div>
    </>
  )
}

/** Reads page after page while the list is sorted by duration, which the server does not do. */
function useReadForSort(list: TraceList, isByDuration: boolean): void {
  useEffect(() => {
    if (isByDuration && list.hasMore && (list.traces ?? []).length < MAX_SORTED) list.more()
  }, [isByDuration, list.hasMore, list.traces])
}

function NoTraces({ filter }: { filter: string }) {
  return (
    <EmptyNote>
      No trace matches. <a href={urlOf('/traces')}>Clear the filter</a>, or{' '}
      <a href={`/traces?range=1d${filter === '' ? '' : `&q=${encodeURIComponent(filter)}`}`}>
        look at the last 24 h
      </a>
    </EmptyNote>
  )
}

function FreshButton({ count, onShow }: { count: number; onShow: () => void }) {
  if (count === 0) return null
  return (
    <button type='button' class='fresh' onClick={onShow}>
      {formatCount(count)}
      {count === MAX_FRESH ? ' or more' : ''} new {count === 1 ? 'trace' : 'traces'}
    </button>
  )
}
