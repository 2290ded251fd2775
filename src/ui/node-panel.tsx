import { formatSeconds } from '../local/format-seconds.ts'
import type { Bar, Service } from './api.ts'
import { formatCount, formatRate, formatShare } from './format.ts'
import { countsOf, Icon } from './outcome.tsx'
import { change, urlOf } from './page-location.ts'

/** The numbers of one service. */
export function NodePanel(
  { service, services, minutes }: { service: Service; services: readonly Service[]; minutes: number },
) {
  const { Name, Type = '', SummaryStatistics: statistics, ResponseTimeHistogram: bars } = service
  const all = Math.max(1, statistics.TotalCount)
  const counts = countsOf(statistics)
  const states = (['fault', 'error', 'throttle', 'ok'] as const).filter((state) => counts[state] > 0)
  const expression = `service(id(name: ${JSON.stringify(Name)}${Type === '' ? '' : `, type: ${JSON.stringify(Type)}`}))`
  const callers = services.filter(({ Edges }) => Edges.some(({ ReferenceId }) => ReferenceId === service.ReferenceId))
  return (
    <aside class='panel' aria-label={Name}>
      <div class='phead'>
        <h2 class='grow'>{Name}</h2>
        <button type='button' class='btn bare' aria-label='Close' onClick={() => change({ node: undefined })}>
          <Icon name='x' />
        </button>
      </div>
      <div class='psub mute'>{Type || 'service'}{service.State === 'active' ? '' : ', did not report itself'}</div>
      <section>
        <dl class='figs'>
          <div>
            <dt>Requests</dt>
            <dd>{formatCount(statistics.TotalCount)}</dd>
          </div>
          <div>
            <dt>Rate</dt>
            <dd>{formatRate(statistics.TotalCount / minutes)}</dd>
          </div>
          <div>
            <dt>Average</dt>
            <dd>{formatSeconds(statistics.TotalResponseTime / all)}</dd>
          </div>
          <div>
            <dt>p95</dt>
            <dd>{formatSeconds(quantile(bars, 0.95))}</dd>
          </div>
        </dl>
      </section>
      <section>
        <h3>Outcome</h3>
        <div class='share'>
          {states.map((state) => <i key={state} class={`bg-${state}`} style={{ flex: counts[state] }} />)}
        </div>
        <div class='keys'>
          {states.map((state) => (
            <span key={state} class='st'>
              <Icon name={state} state={state} />
              {formatCount(counts[state])} {state} ({formatShare(counts[state] / all)})
            </span>
          ))}
        </div>
      </section>
      <section>
        <h3>Response time</h3>
        <Histogram bars={bars} />
      </section>
      {callers.length > 0 && (
        <section>
          <h3>Called by</h3>
          <p>{callers.map((caller) => caller.Name).join(', ')}</p>
        </section>
      )}
      <div class='acts'>
        <a class='btn pri' href={urlOf('/traces', { q: expression })}>Show traces</a>
        <a class='btn' href={urlOf('/traces', { q: `${expression} { fault }` })}>Faults only</a>
      </div>
    </aside>
  )
}

/** The value under which a share of the counts lies, in seconds. */
export function quantile(bars: readonly Bar[], share: number): number {
  const all = bars.reduce((sum, { Count }) => sum + Count, 0)
  let seen = 0
  for (const { Value, Count } of bars) {
    seen += Count
    if (seen >= all * share) return Value
  }
  return 0
}

/** Counts by response time, on an axis of powers of ten from 1 ms to 10 s. */
export function Histogram({ bars }: { bars: readonly Bar[] }) {
  const [width, height, bins] = [344, 72, 40]
  const counts = Array.from({ length: bins }, () => 0)
  for (const { Value, Count } of bars) {
    const at = Math.min(bins - 1, Math.max(0, Math.floor(((Math.log10(Math.max(Value, 1e-3)) + 3) / 4) * bins)))
    counts[at] = (counts[at] ?? 0) + Count
  }
  const most = Math.max(1, ...counts)
  return (
    <svg
      viewBox={`0 0 ${width} ${height + 18}`}
      role='img'
      aria-label={`p50 ${formatSeconds(quantile(bars, 0.5))}, p95 ${formatSeconds(quantile(bars, 0.95))}`}
    >
      {counts.map((count, i) => (
        <rect
          key={i}
          class='f-bar'
          x={(i * width) / bins}
          width={width / bins - 1}
          y={height - (count / most) * height}
          height={(count / most) * height}
        />
      ))}
      <line class='axs' x1='0' x2={width} y1={height} y2={height} />
      {['1 ms', '10 ms', '100 ms', '1 s', '10 s'].map((label, i) => (
        <text
          key={label}
          class='axis'
          x={(i * width) / 4}
          y={height + 14}
          text-anchor={i === 0 ? 'start' : i === 4 ? 'end' : 'middle'}
        >
          {label}
        </text>
      ))}
    </svg>
  )
}
