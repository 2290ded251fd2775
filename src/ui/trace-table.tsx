import { useEffect } from 'preact/hooks'
import { formatSeconds } from '../trace/format-seconds.ts'
import type { Summary } from './api.ts'
import { formatClock } from './format.ts'
import { type State, StateMark, stateOf } from './outcome.tsx'
import { change, goTo } from './page-location.ts'
import { useWindow } from './use-window.ts'

/** Fewer rows than this below what is seen: time for the next page. */
const NEAR_END = 40

/** The rows of traces, of which those that are seen are drawn. */
export function TraceTable({ traces, sort, scroller, onEnd }: {
  traces: readonly Summary[]
  sort: 'time' | 'duration'
  /** What scrolls. */
  scroller: { readonly current: HTMLDivElement | null }
  /** Is called when the end comes near; undefined if there is no more. */
  onEnd: (() => void) | undefined
}) {
  const longest = Math.max(1e-6, ...traces.map(({ ResponseTime }) => ResponseTime))
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
  const head = (name: 'time' | 'duration', text: string, value: string | undefined) => (
    <th aria-sort={sort === name ? 'descending' : 'none'}>
      <button
        type='button'
        class='btn bare'
        onClick={() =>
          change({ sort: value })}
      >
        {text}
        {sort === name ? ' ↓' : ''}
      </button>
    </th>
  )
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
          {head('time', 'Time', undefined)}
          <th>Root</th>
          <th>Method</th>
          <th>URL</th>
          <th>Outcome</th>
          {head('duration', 'Duration', '-duration')}
          <th>Annotations</th>
        </tr>
      </thead>
      <tbody onKeyDown={move}>
        <Gap height={seen.before} />
        {traces.slice(seen.first, seen.end).map((trace, i) => (
          <Row key={trace.Id} trace={trace} longest={longest} index={seen.first + i} />
        ))}
        <Gap height={seen.behind} />
      </tbody>
    </table>
  )
}

/** Stands for the rows that are not drawn. */
function Gap({ height }: { height: number }) {
  return height === 0 ? null : <tr class='gap' aria-hidden='true' style={{ height: `${height}px` }} />
}

function Row({ trace, longest, index }: { trace: Summary; longest: number; index: number }) {
  const { Id, StartTime, EntryPoint, Http, ResponseTime, Annotations } = trace
  const state = stateOf(trace)
  const open = (): void => goTo(`/trace/${Id}`)
  return (
    <tr
      tabIndex={0}
      aria-rowindex={index + 2}
      onClick={open}
      onKeyDown={(event) => (event.key === 'Enter' ? open() : undefined)}
    >
      <td class='mono' title={new Date(StartTime * 1000).toISOString()}>{formatClock(StartTime)}</td>
      <td class='cut'>{EntryPoint?.Name ?? '-'}</td>
      <td>{Http.HttpMethod}</td>
      <td class='cut mono' title={Http.HttpURL}>{pathOf(Http.HttpURL)}</td>
      <td>
        <StateMark
          state={state}
          word={wordOf(state, Http.HttpStatus)}
        />
      </td>
      <td>
        <div class='dur'>
          <span class='num'>{formatSeconds(ResponseTime)}</span>
          <i class={state === 'ok' ? '' : state} style={{ width: `${(ResponseTime / longest) * 100}%` }} />
        </div>
      </td>
      <td class='an cut'>
        {Object.entries(Annotations).slice(0, 6).map(([key, [first]]) => (
          <span key={key}>
            {key}=<b>{String(Object.values(first?.AnnotationValue ?? {})[0] ?? '')}</b>
            {'  '}
          </span>
        ))}
      </td>
    </tr>
  )
}

/** The status beside the state; what went wrong inside alone is said so. */
function wordOf(state: State, status: number | undefined): string | undefined {
  if (state === 'ok' || state === 'prog' || status === undefined) return undefined
  return status < 400 ? `${state} inside` : `${status} ${state}`
}

/** The path of a URL, which says more than the host that all have. */
function pathOf(url: string | undefined): string {
  if (url === undefined || !URL.canParse(url)) return url ?? ''
  const { pathname, search } = new URL(url)
  return pathname + search
}
