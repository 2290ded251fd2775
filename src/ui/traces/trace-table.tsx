import { useEffect } from 'preact/hooks'
import { formatSeconds } from '../../trace/format-seconds.ts'
import { type Outcome, outcomeOfSummary } from '../../trace/outcome.ts'
import type { TraceSummary } from '../api.ts'
import { useWindow } from '../hooks/use-window.ts'
import { formatClock, formatTime } from '../kit/format.ts'
import { pathOf } from '../kit/path-of.ts'
import { StateMark } from '../kit/state-mark.tsx'
import { changeQuery, goTo } from '../route.ts'
import './trace-table.css'

/** With fewer rows than this after those that are drawn, the next page is read. */
const NEAR_END = 40
const MAX_ANNOTATIONS = 6

/**
 * The list of traces. Of its rows only those that are seen are drawn.
 *
 * @param sort what the traces are sorted by
 * @param scroller the element that scrolls
 * @param body takes the element that holds the rows
 * @param onEnd is called when the end comes near; undefined if there are no more traces
 */
export function TraceTable({ traces, sort, scroller, body, onEnd }: {
  traces: readonly TraceSummary[]
  sort: 'time' | 'duration'
  scroller: { readonly current: HTMLDivElement | null }
  body: { current: HTMLTableSectionElement | null }
  onEnd: (() => void) | undefined
}) {
  const longest = traces.reduce((most, { ResponseTime }) => Math.max(most, ResponseTime), 1e-6)
  const seen = useWindow(traces.length, scroller)
  useEffect(() => {
    if (onEnd !== undefined && seen.end > traces.length - NEAR_END && seen.end > NEAR_END) onEnd()
  })
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key]
    const row = event.target instanceof HTMLElement ? event.target : undefined
    const next = step === 1 ? row?.nextElementSibling : step === -1 ? row?.previousElementSibling : undefined
    if (next instanceof HTMLElement && next.tabIndex >= 0) {
      event.preventDefault()
      next.focus()
    } else if (event.key === 'Home') scroller.current?.scrollTo({ top: 0 })
  }
  return (
    <table class='tt' role='grid' aria-label='Traces' aria-rowcount={traces.length + 1}>
      <colgroup>
        <col style='width:118px' />
        <col style='width:180px' />
        <col style='width:62px' />
        <col style='width:26%' />
        <col style='width:116px' />
        <col style='width:180px' />
        <col />
      </colgroup>
      <thead>
        <tr>
          <SortHead isSorted={sort === 'time'} onSort={() => changeQuery({ sort: undefined })}>Time</SortHead>
          <th>Root</th>
          <th>Method</th>
          <th>URL</th>
          <th>Outcome</th>
          <SortHead isSorted={sort === 'duration'} onSort={() => changeQuery({ sort: '-duration' })}>Duration</SortHead>
          <th>Annotations</th>
        </tr>
      </thead>
      <tbody ref={body} onKeyDown={move}>
        <Gap height={seen.before} />
        {traces.slice(seen.first, seen.end).map((trace, i) => (
          <Row key={trace.Id} trace={trace} longest={longest} index={seen.first + i} />
        ))}
        <Gap height={seen.after} />
      </tbody>
    </table>
  )
}

function SortHead({ isSorted, onSort, children }: { isSorted: boolean; onSort: () => void; children: string }) {
  return (
    <th aria-sort={isSorted ? 'descending' : 'none'}>
      <button type='button' class='btn bare' onClick={onSort}>
        {children}
        {isSorted ? ' ↓' : ''}
      </button>
    </th>
  )
}

/** Stands for rows that are not drawn. @param height in pixels */
function Gap({ height }: { height: number }) {
  return height === 0 ? null : <tr class='gap' aria-hidden='true' style={{ height: `${height}px` }} />
}

function Row({ trace, longest, index }: { trace: TraceSummary; longest: number; index: number }) {
  const { Id, StartTime, EntryPoint, Http, ResponseTime, Annotations } = trace
  const { outcome, word } = endOf(trace)
  const open = (): void => goTo(`/trace/${Id}`)
  return (
    <tr
      tabIndex={0}
      aria-rowindex={index + 2}
      onClick={open}
      onKeyDown={(event) => (event.key === 'Enter' ? open() : undefined)}
    >
      <td class='mono' title={formatTime(StartTime)}>{formatClock(StartTime)}</td>
      <td class='cut'>{EntryPoint?.Name ?? '-'}</td>
      <td>{Http.HttpMethod}</td>
      <td class='cut mono' title={Http.HttpURL}>{pathOf(Http.HttpURL ?? '')}</td>
      <td>
        <StateMark state={outcome} word={word} />
      </td>
      <td>
        <div class='dur'>
          <span class='num'>{formatSeconds(ResponseTime)}</span>
          <i class={outcome === 'ok' ? '' : outcome} style={{ width: `${(ResponseTime / longest) * 100}%` }} />
        </div>
      </td>
      <td class='an cut'>
        {Object.entries(Annotations).slice(0, MAX_ANNOTATIONS).map(([key, [first]]) => (
          <span key={key}>
            {key}=<b>{String(Object.values(first?.AnnotationValue ?? {})[0] ?? '')}</b>
            {'  '}
          </span>
        ))}
      </td>
    </tr>
  )
}

/** How a trace ended: the outcome of its root segment, or that of a call inside it that failed; and how to say it. */
function endOf(trace: TraceSummary): { outcome: Outcome; word: string | undefined } {
  const { FaultRootCauses, ErrorRootCauses, Http: { HttpStatus: status } } = trace
  const outcome = outcomeOfSummary(trace)
  if (outcome === 'ok') {
    const inside = FaultRootCauses.length > 0 ? 'fault' : ErrorRootCauses.length > 0 ? 'error' : undefined
    return { outcome: inside ?? outcome, word: inside === undefined ? undefined : `${inside} inside` }
  }
  return { outcome, word: outcome === 'in-progress' || status === undefined ? undefined : `${status} ${outcome}` }
}
