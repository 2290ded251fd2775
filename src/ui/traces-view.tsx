import { useRef, useState } from 'preact/hooks'
import { formatSeconds } from '../trace/format-seconds.ts'
import type { PageSummary } from '../trace/api/page-answers.ts'
import { callApi } from './api.ts'
import { FilterBox } from './filter-box.tsx'
import { formatCount } from './format.ts'
import { Histogram, marksOf } from './histogram.tsx'
import { ImportButton } from './import-button.tsx'
import { change, type Place, rangeKey, rangeOf, urlOf } from './page-location.ts'
import { both, Refiners } from './refiners.tsx'
import { TraceTable } from './trace-table.tsx'
import { usePolled } from './use-polled.ts'
import { useTraceList } from './use-trace-list.ts'

/** The part of a filter that the brush writes. */
const BRUSHED = /(?:^| AND )responsetime >= ([\d.]+) AND responsetime <= ([\d.]+)$/
/** As many traces are read to sort them by duration. */
const MOST_SORTED = 1000

/** The list of traces, with its filter. */
export function TracesView(
  { place, isLive, onProblem }: { place: Place; isLive: boolean; onProblem: (text: string) => void },
) {
  const { query } = place
  const q = query.get('q') ?? ''
  const [isOpen, setOpen] = useState(false)
  const body = (): object => ({ ...rangeOf(query), ...(q === '' ? {} : { FilterExpression: q }) })
  const key = `${rangeKey(query)} ${q}`
  const element = useRef<HTMLDivElement>(null)
  const isRead = (): boolean => {
    const list = element.current
    return list !== null &&
      (list.scrollTop > 60 || list.querySelector('tbody')?.contains(document.activeElement) === true)
  }
  const list = useTraceList(`traces ${key}`, isLive, body, isRead)
  const { data: summary } = usePolled<PageSummary>(
    `summary ${key}`,
    isLive,
    (signal) => callApi('/page/summary', body(), signal),
    { leastMs: 3000 },
  )
  const isWrong = list.problem.includes('at character')
  onProblem(isWrong ? '' : list.problem)
  const isByDuration = query.get('sort') === '-duration'
  const { traces = [] } = list
  if (isByDuration && list.hasMore && traces.length < MOST_SORTED) list.more()
  const sorted = isByDuration ? traces.toSorted((a, b) => b.ResponseTime - a.ResponseTime) : traces
  return (
    <>
      <FilterBox q={q} problem={isWrong ? list.problem : ''} />
      <div class='traces'>
        <Refiners summary={summary} q={q} isOpen={isOpen} />
        <div class={`list ${list.isOld ? 'old' : ''}`} ref={element}>
          {list.traces === undefined ? <Skeleton /> : traces.length === 0
            ? (
              <p class='empty'>
                No trace matches. <a href={urlOf('/traces')}>Clear the filter</a>, or{' '}
                <a href={`/traces?range=1d${q === '' ? '' : `&q=${encodeURIComponent(q)}`}`}>look at the last 24 h</a>
              </p>
            )
            : (
              <>
                <Distribution summary={summary} q={q} onRefine={() => setOpen(!isOpen)} isOpen={isOpen} />
                {list.fresh > 0 && (
                  <button type='button' class='fresh' onClick={list.showFresh}>
                    {formatCount(list.fresh)}
                    {list.fresh === 100 ? ' or more' : ''} new {list.fresh === 1 ? 'trace' : 'traces'}
                  </button>
                )}
                <TraceTable
                  traces={sorted}
                  sort={isByDuration ? 'duration' : 'time'}
                  scroller={element}
                  onEnd={list.hasMore ? list.more : undefined}
                />
              </>
            )}
        </div>
      </div>
    </>
  )
}

function Distribution({ summary, q, onRefine, isOpen }: {
  summary: PageSummary | undefined
  q: string
  onRefine: () => void
  isOpen: boolean
}) {
  const [whole, from, to] = BRUSHED.exec(q) ?? []
  const rest = whole === undefined ? q : q.slice(0, q.length - whole.length)
  return (
    <div class='dist'>
      <div class='cap'>
        <button type='button' class='btn refine' aria-expanded={isOpen} onClick={onRefine}>Refine</button>
        {summary !== undefined && (
          <>
            <b>
              {summary.hasMore ? 'The newest ' : ''}
              {formatCount(summary.count)} {summary.count === 1 ? 'trace' : 'traces'}
            </b>
            <span class='mute'>p50 {formatSeconds(summary.p50)}</span>
            <span class='mute'>p95 {formatSeconds(summary.p95)}</span>
            <span class='mute only-w'>p99 {formatSeconds(summary.p99)}</span>
          </>
        )}
        <span class='grow' />
        <ImportButton />
        {from !== undefined && to !== undefined
          ? (
            <span class='mute'>
              {formatSeconds(Number(from))} to {formatSeconds(Number(to))}{' '}
              <a href={urlOf('/traces', { q: rest })}>Clear</a>
            </span>
          )
          : <span class='mute only-w'>drag over the bars to filter</span>}
      </div>
      <Histogram
        bins={summary?.bins ?? []}
        marks={summary === undefined ? [] : marksOf(summary.p50, summary.p95)}
        chosen={from === undefined || to === undefined ? undefined : [Number(from), Number(to)]}
        onChoose={(low, high) =>
          change({
            q: both(
              rest,
              `responsetime >= ${Number(low.toPrecision(3))} AND responsetime <= ${Number(high.toPrecision(3))}`,
            ),
          })}
      />
    </div>
  )
}

/** What stands there while the list is read. */
function Skeleton() {
  return (
    <table class='tt wait' aria-hidden='true'>
      <tbody>
        {[70, 60, 80, 55, 70, 65].map((width, i) => (
          <tr key={i}>
            <td>
              <i class='bone' style={{ width: `${width}%` }} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
