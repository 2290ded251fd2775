import { formatSeconds } from '../local/format-seconds.ts'
import { useState } from 'preact/hooks'
import { callApi, type Summary } from './api.ts'
import { formatClock, formatCount } from './format.ts'
import { Histogram, quantile } from './node-panel.tsx'
import { Icon, StateMark, stateOf } from './outcome.tsx'
import { change, goTo, type Place, rangeOf, urlOf } from './page-location.ts'
import { usePolled } from './use-polled.ts'

interface Page {
  readonly TraceSummaries: readonly Summary[]
  readonly NextToken?: string
}

/** The list of traces, with its filter. */
export function TracesView(
  { place, isLive, onProblem }: { place: Place; isLive: boolean; onProblem: (text: string) => void },
) {
  const { query } = place
  const q = query.get('q') ?? ''
  const { data, problem } = usePolled<Page>(
    `traces ${query.get('range')} ${q}`,
    isLive,
    (signal) => callApi('/TraceSummaries', { ...rangeOf(query), ...(q === '' ? {} : { FilterExpression: q }) }, signal),
  )
  const isWrong = problem.includes('at character')
  onProblem(isWrong ? '' : problem)
  const traces = sorted(data?.TraceSummaries ?? [], query.get('sort') ?? '')
  return (
    <>
      <FilterBar q={q} problem={isWrong ? problem : ''} />
      <div class='traces'>
        <Refiners traces={traces} q={q} />
        <div class='list'>
          {data === undefined ? null : traces.length === 0
            ? (
              <p class='empty'>
                No trace matches. <a href={urlOf('/traces')}>Clear the filter</a>, or look at a longer time
              </p>
            )
            : <List traces={traces} hasMore={data.NextToken !== undefined} />}
        </div>
      </div>
    </>
  )
}

function sorted(traces: readonly Summary[], by: string): Summary[] {
  return by.endsWith('duration') ? traces.toSorted((a, b) => b.ResponseTime - a.ResponseTime) : [...traces]
}

function FilterBar({ q, problem }: { q: string; problem: string }) {
  const [text, setText] = useState<string | undefined>(undefined)
  return (
    <form
      class='qbar'
      onSubmit={(event) => {
        event.preventDefault()
        change({ q: text ?? q })
        setText(undefined)
      }}
    >
      <label class='field'>
        <Icon name='filter' />
        <input
          id='filter-field'
          class='mono'
          aria-label='Filter'
          aria-invalid={problem !== ''}
          placeholder='service("checkout") { fault } AND responsetime > 1'
          value={text ?? q}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button type='submit' class='btn pri'>Filter</button>
      {q !== '' && <a class='btn' href={urlOf('/traces')}>Clear</a>}
      {problem !== '' && (
        <span class='st error' role='status'>
          <Icon name='error' />
          {problem}
        </span>
      )}
    </form>
  )
}

function Refiners({ traces, q }: { traces: readonly Summary[]; q: string }) {
  const groups: readonly (readonly [string, (trace: Summary) => string | undefined, (value: string) => string])[] = [
    ['Outcome', stateOf, (value) => (value === 'prog' ? 'partial' : value)],
    ['Service', ({ EntryPoint }) => EntryPoint?.Name, (value) => `service(${JSON.stringify(value)})`],
    ['URL', ({ Http }) => Http.HttpURL, (value) => `http.url = ${JSON.stringify(value)}`],
    ['Status', ({ Http }) => Http.HttpStatus?.toString(), (value) => `http.status = ${value}`],
    ['User', ({ Users }) => Users[0]?.UserName, (value) => `user = ${JSON.stringify(value)}`],
  ]
  return (
    <nav class='facets' aria-label='Refine'>
      <h2 class='heard'>Refine</h2>
      {groups.map(([title, of, expression]) => {
        const counts = new Map<string, number>()
        for (const trace of traces) {
          const value = of(trace)
          if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1)
        }
        const most = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 8)
        if (most.length === 0) return null
        return (
          <section key={title}>
            <h3>{title}</h3>
            <ul>
              {most.map(([value, count]) => (
                <li key={value}>
                  <button
                    type='button'
                    title={value}
                    onClick={() => change({ q: q === '' ? expression(value) : `${q} AND ${expression(value)}` })}
                  >
                    <span class='cut'>{value === 'prog' ? 'in progress' : value}</span>
                    <span class='n'>{count}</span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        )
      })}
    </nav>
  )
}

function List({ traces, hasMore }: { traces: readonly Summary[]; hasMore: boolean }) {
  const longest = Math.max(1e-6, ...traces.map(({ ResponseTime }) => ResponseTime))
  const bars = traces.map(({ ResponseTime }) => ({ Value: ResponseTime, Count: 1 })).sort((a, b) => a.Value - b.Value)
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key]
    const row = event.target instanceof HTMLElement ? event.target : undefined
    const next = step === 1 ? row?.nextElementSibling : step === -1 ? row?.previousElementSibling : undefined
    if (next instanceof HTMLElement) {
      event.preventDefault()
      next.focus()
    }
  }
  return (
    <>
      <div class='dist'>
        <div class='cap'>
          <b>{hasMore ? 'The newest ' : ''}{formatCount(traces.length)} traces</b>
          <span>p50 {formatSeconds(quantile(bars, 0.5))}</span>
          <span>p95 {formatSeconds(quantile(bars, 0.95))}</span>
        </div>
        <div style={{ maxWidth: '520px' }}>
          <Histogram bars={bars} />
        </div>
      </div>
      <table class='tt' role='grid' aria-label='Traces'>
        <colgroup>
          <col style='width:118px' />
          <col style='width:180px' />
          <col style='width:62px' />
          <col />
          <col style='width:116px' />
          <col style='width:200px' />
        </colgroup>
        <thead>
          <tr>
            <th>
              <button type='button' class='btn bare' onClick={() => change({ sort: undefined })}>Time</button>
            </th>
            <th>Root</th>
            <th>Method</th>
            <th>URL</th>
            <th>Outcome</th>
            <th>
              <button type='button' class='btn bare' onClick={() => change({ sort: '-duration' })}>Duration</button>
            </th>
          </tr>
        </thead>
        <tbody onKeyDown={move}>
          {traces.map((trace) => <Row key={trace.Id} trace={trace} longest={longest} />)}
        </tbody>
      </table>
    </>
  )
}

function Row({ trace, longest }: { trace: Summary; longest: number }) {
  const { Id, StartTime, EntryPoint, Http, ResponseTime } = trace
  const state = stateOf(trace)
  const open = (): void => goTo(`/trace/${Id}`)
  return (
    <tr tabIndex={0} onClick={open} onKeyDown={(event) => (event.key === 'Enter' ? open() : undefined)}>
      <td title={new Date(StartTime * 1000).toISOString()}>{formatClock(StartTime)}</td>
      <td class='cut'>{EntryPoint?.Name ?? '-'}</td>
      <td>{Http.HttpMethod}</td>
      <td class='cut' title={Http.HttpURL}>{Http.HttpURL}</td>
      <td>
        <StateMark
          state={state}
          word={state === 'ok' || state === 'prog' ? undefined : `${Http.HttpStatus ?? ''} ${state}`}
        />
      </td>
      <td>
        <div class='dur'>
          <span class='num'>{formatSeconds(ResponseTime)}</span>
          <i class={state === 'ok' ? '' : state} style={{ width: `${(ResponseTime / longest) * 100}%` }} />
        </div>
      </td>
    </tr>
  )
}
