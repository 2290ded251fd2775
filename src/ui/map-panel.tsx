import { formatSeconds } from '../trace/format-seconds.ts'
import type { RouteFigures, ServiceDetails } from '../trace/api/page-answers.ts'
import { type Bar, callApi, type Service, type Statistics } from './api.ts'
import { formatCount, formatRate, formatShare } from './format.ts'
import { binsOf, Histogram, marksOf, quantile } from './histogram.tsx'
import { shortType } from './map-node.tsx'
import { countsOf, Icon, StateMark, worstOf } from './outcome.tsx'
import { goTo, rangeKey, rangeOf, urlOf } from './page-location.ts'
import { usePolled } from './use-polled.ts'

/** The numbers of a service, or of the calls between two. */
export function MapPanel({ query, isLive, minutes, of, service, edge, services, onClose }: {
  query: URLSearchParams
  isLive: boolean
  minutes: number
  of: { readonly SummaryStatistics: Statistics; readonly ResponseTimeHistogram: readonly Bar[] }
  service?: Service
  edge?: readonly [Service, Service]
  services: readonly Service[]
  onClose: () => void
}) {
  const { SummaryStatistics: statistics, ResponseTimeHistogram: bars } = of
  const all = Math.max(1, statistics.TotalCount)
  const counts = countsOf(statistics)
  const worst = worstOf(statistics)
  const name = edge === undefined ? service?.Name ?? '' : `${edge[0].Name} to ${edge[1].Name}`
  const expression = expressionOf(service, edge)
  const isClient = service?.Type === 'client'
  return (
    <aside class='panel' aria-label={name}>
      <div class='phead'>
        <h2 class='grow'>{name}</h2>
        <button type='button' class='btn bare' aria-label='Close' onClick={onClose}>
          <Icon name='x' />
        </button>
      </div>
      <p class='psub mute'>{kindOf(service, edge)}</p>
      <section>
        <dl class='figs'>
          <Figure
            name='Requests'
            value={formatCount(statistics.TotalCount)}
            small={formatRate(statistics.TotalCount / minutes)}
          />
          <Figure name='Average' value={formatSeconds(statistics.TotalResponseTime / all)} />
          <Figure name='p95' value={formatSeconds(quantile(bars, 0.95))} />
          {worst !== 'ok' && worst !== 'prog' && (
            <Figure
              name={`${worst.replace(/^./, (letter) => letter.toUpperCase())}s`}
              value={formatShare(counts[worst] / all)}
              state={worst}
            />
          )}
        </dl>
      </section>
      <Outcome counts={counts} all={all} />
      {!isClient && <Details {...{ query, isLive, expression, service }} />}
      <section>
        <h3>
          Response time {!isClient && <span class='mute'>drag to filter</span>}
        </h3>
        <Histogram
          bins={binsOf(bars)}
          marks={marksOf(quantile(bars, 0.5), quantile(bars, 0.95))}
          {...(isClient ? {} : {
            onChoose: (from: number, to: number) =>
              goTo('/traces', {
                q: `${expression} { responsetime >= ${round(from)} AND responsetime <= ${round(to)} }`,
              }),
          })}
        />
      </section>
      <Neighbours service={service} services={services} />
      {!isClient && (
        <div class='acts'>
          <a class='btn pri' href={urlOf('/traces', { q: expression })}>Show traces</a>
          {counts.fault > 0 && (
            <a class='btn' href={urlOf('/traces', { q: `${expression} { fault }` })}>
              <Icon name='fault' />Faults only
            </a>
          )}
        </div>
      )}
    </aside>
  )
}

function Figure(
  { name, value, small = '', state = '' }: { name: string; value: string; small?: string; state?: string },
) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={state === '' ? '' : `st ${state}`}>
        {value} {small !== '' && <small>{small}</small>}
      </dd>
    </div>
  )
}

function Outcome({ counts, all }: { counts: ReturnType<typeof countsOf>; all: number }) {
  const states = ['ok', 'error', 'fault', 'throttle'] as const
  const text = states.filter((state) => counts[state] > 0).map((state) =>
    `${formatShare(counts[state] / all)} ${state}`
  )
  return (
    <section>
      <h3>Outcome</h3>
      <div class='share' role='img' aria-label={text.join(', ')}>
        {states.map((state) =>
          counts[state] > 0 && <i key={state} class={`bg-${state}`} style={{ flex: counts[state] }} />
        )}
      </div>
      <div class='keys'>
        {states.map((state) => (
          <span key={state} class='st'>
            <Icon name={state} state={state} />
            {state} {formatCount(counts[state])}
          </span>
        ))}
      </div>
    </section>
  )
}

/** Why it faults, and what its routes do. */
function Details({ query, isLive, expression, service }: {
  query: URLSearchParams
  isLive: boolean
  expression: string
  service: Service | undefined
}) {
  const { data } = usePolled<ServiceDetails>(
    `details ${expression} ${rangeKey(query)}`,
    isLive,
    (signal) =>
      callApi('/page/service', { ...rangeOf(query), FilterExpression: expression, Name: service?.Name }, signal),
    { leastMs: 3000 },
  )
  if (data === undefined) return null
  const [cause, ...others] = data.causes
  return (
    <>
      {cause !== undefined && (
        <section>
          <h3>Why it faults</h3>
          <div class='cause'>
            <b>{cause.service}: {cause.what}</b>
            <br />
            <span class='mute'>
              The same in {formatCount(cause.count)} of {formatCount(data.faults)} traces with faults.
            </span>
            <br />
            <a href={urlOf(`/trace/${cause.newest}`)}>Open the newest</a>
          </div>
          {others.map((other) => (
            <p key={other.newest} class='mute'>
              {formatCount(other.count)} × {other.service}: {other.what}{' '}
              <a href={urlOf(`/trace/${other.newest}`)}>open</a>
            </p>
          ))}
        </section>
      )}
      {data.routes.length > 0 && <Routes routes={data.routes} />}
    </>
  )
}

function Routes({ routes }: { routes: readonly RouteFigures[] }) {
  return (
    <section>
      <table class='mini'>
        <thead>
          <tr>
            <th>Route</th>
            <th class='num'>Requests</th>
            <th class='num'>Average</th>
            <th class='num'>Outcome</th>
          </tr>
        </thead>
        <tbody>
          {routes.map((figures) => (
            <tr key={figures.route}>
              <td class='mono'>{figures.route}</td>
              <td class='num'>{formatCount(figures.count)}</td>
              <td class='num'>{formatSeconds(figures.time / figures.count)}</td>
              <td class='num'>
                <RouteOutcome figures={figures} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function RouteOutcome({ figures }: { figures: RouteFigures }) {
  const state = (['fault', 'throttle', 'error'] as const).find((name) => figures[name] > 0)
  if (state === undefined) return <StateMark state='ok' />
  return <StateMark state={state} word={`${formatShare(figures[state] / figures.count)} ${state}`} />
}

function Neighbours({ service, services }: { service: Service | undefined; services: readonly Service[] }) {
  if (service === undefined) return null
  const callers = services.filter(({ Edges }) => Edges.some(({ ReferenceId }) => ReferenceId === service.ReferenceId))
  const called = services.filter(({ ReferenceId }) => service.Edges.some((edge) => edge.ReferenceId === ReferenceId))
  const names = (list: readonly Service[]): string => list.map(({ Name }) => Name).join(', ')
  return (
    <section>
      <dl class='kv'>
        {callers.length > 0 && [<dt key='by'>Called by</dt>, <dd key='by value'>{names(callers)}</dd>]}
        {called.length > 0 && [<dt key='calls'>Calls</dt>, <dd key='calls value'>{names(called)}</dd>]}
      </dl>
    </section>
  )
}

function kindOf(service: Service | undefined, edge: readonly [Service, Service] | undefined): string {
  if (edge !== undefined) return 'Calls from one to the other, as the caller saw them'
  const type = service?.Type ?? ''
  if (type === 'client') return 'Requests from outside'
  const kind = type === '' ? 'Service' : shortType(type)
  return service?.State === 'active' ? kind : `${kind}, seen by its callers only`
}

/** The filter expression of a service or an edge. */
function expressionOf(service: Service | undefined, edge: readonly [Service, Service] | undefined): string {
  const id = ({ Name, Type = '' }: Service): string =>
    `id(name: ${JSON.stringify(Name)}${Type === '' ? '' : `, type: ${JSON.stringify(Type)}`})`
  if (edge !== undefined) {
    // Requests from outside come from no service.
    return edge[0].Type === 'client' ? `service(${id(edge[1])})` : `edge(${id(edge[0])}, ${id(edge[1])})`
  }
  return service === undefined ? '' : `service(${id(service)})`
}

function round(seconds: number): number {
  return Number(seconds.toPrecision(3))
}
