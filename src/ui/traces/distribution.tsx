import type { PageSummary } from '../../trace/api/page-answers.ts'
import { formatSeconds } from '../../trace/format-seconds.ts'
import { formatCount } from '../kit/format.ts'
import { Histogram, marksOf } from '../kit/histogram.tsx'
import { ImportButton } from '../kit/import-button.tsx'
import { changeQuery, urlOf } from '../route.ts'
import { andFilter } from './and-filter.ts'
import './distribution.css'

/** The part of a filter that a drag over the histogram writes. */
const CHOSEN_TIMES = /(?:^| AND )responsetime >= ([\d.]+) AND responsetime <= ([\d.]+)$/

/**
 * The number of traces, and their response times as a histogram. A drag over it filters the list.
 *
 * @param summary of the traces that match; undefined until it is read
 * @param filter the filter expression of the list; may be empty
 * @param isRefining whether the refiners are shown where there is little room
 * @param onRefine is called to show or hide them
 */
export function Distribution({ summary, filter, isRefining, onRefine }: {
  summary: PageSummary | undefined
  filter: string
  isRefining: boolean
  onRefine: () => void
}) {
  const [whole, from, to] = CHOSEN_TIMES.exec(filter) ?? []
  const rest = whole === undefined ? filter : filter.slice(0, filter.length - whole.length)
  return (
    <div class='dist'>
      <div class='cap'>
        <button type='button' class='btn refine' aria-expanded={isRefining} onClick={onRefine}>Refine</button>
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
        onChoose={(low, high) => changeQuery({ q: andFilter(rest, timesFilter(low, high)) })}
      />
    </div>
  )
}

/** The filter expression of response times between two, in seconds. */
function timesFilter(low: number, high: number): string {
  return `responsetime >= ${Number(low.toPrecision(3))} AND responsetime <= ${Number(high.toPrecision(3))}`
}
