import { formatSeconds } from '../../trace/format-seconds.ts'
import type { RouteFigures, ServiceDetails } from '../../trace/api/page-answers.ts'
import { callApi } from '../api.ts'
import { usePolled } from '../hooks/use-polled.ts'
import { formatCount, formatShare } from '../kit/format.ts'
import { worstOutcome } from '../kit/outcome-counts.ts'
import { StateMark } from '../kit/state-mark.tsx'
import { urlOf } from '../route.ts'
import { rangeKey, timeRangeOf } from '../time-range.ts'
import './trace-details.css'

/**
 * What traces say about a service or an edge: why it faults, and the figures of its routes.
 *
 * @param filter the filter expression of its traces
 * @param serviceName the name of the service; undefined for an edge
 */
export function TraceDetails({ query, isLive, filter, serviceName }: {
  query: URLSearchParams
  isLive: boolean
  filter: string
  serviceName: string | undefined
}) {
  const { data } = usePolled<ServiceDetails>(
    `details ${filter} ${rangeKey(query)}`,
    isLive,
    (signal) =>
      callApi('/page/service', { ...timeRangeOf(query), FilterExpression: filter, Name: serviceName }, signal),
    { minIntervalMs: 3000 },
  )
  if (data === undefined) return null
  return (
    <>
      <Causes details={data} />
      {data.routes.length > 0 && <Routes routes={data.routes} />}
    </>
  )
}

function Causes({ details }: { details: ServiceDetails }) {
  const [first, ...others] = details.causes
  if (first === undefined) return null
  return (
    <section>
      <h3>Why it faults</h3>
      <div class='cause'>
        <b>{first.service}: {first.what}</b>
        <br />
        <span class='mute'>
          The same in {formatCount(first.count)} of {formatCount(details.faults)} traces with faults.
        </span>
        <br />
        <a href={urlOf(`/trace/${first.newest}`)}>Open the newest</a>
      </div>
      {others.map(({ newest, count, service, what }) => (
        <p key={newest} class='mute'>
          {formatCount(count)} × {service}: {what} <a href={urlOf(`/trace/${newest}`)}>open</a>
        </p>
      ))}
    </section>
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
  const worst = worstOutcome(figures, figures.count)
  if (worst === 'ok') return <StateMark state='ok' />
  return <StateMark state={worst} word={`${formatShare(figures[worst] / figures.count)} ${worst}`} />
}
