import { formatSeconds } from '../../trace/format-seconds.ts'
import type { Service } from '../api.ts'
import { formatCount, formatRate, formatShare } from '../kit/format.ts'
import { Histogram, marksOf } from '../kit/histogram.tsx'
import { Icon } from '../kit/icon.tsx'
import { KeyValues } from '../kit/key-values.tsx'
import { outcomeCounts, worstOutcome } from '../kit/outcome-counts.ts'
import { binsOf, quantile } from '../kit/response-time-histogram.ts'
import { serviceTypeLabel } from '../kit/service-type.ts'
import { goTo, urlOf } from '../route.ts'
import type { Chosen } from './chosen.ts'
import { chosenFilter } from './chosen-filter.ts'
import './map-panel.css'
import { OutcomeShares } from './outcome-shares.tsx'
import { TraceDetails } from './trace-details.tsx'

/**
 * The figures of a service, or of the calls from one to another.
 *
 * @param minutes the length of the time range, for rates
 * @param services all of the map, for the neighbours of the chosen one
 */
export function MapPanel({ query, isLive, minutes, chosen, services, onClose }: {
  query: URLSearchParams
  isLive: boolean
  minutes: number
  chosen: Chosen
  services: readonly Service[]
  onClose: () => void
}) {
  const { SummaryStatistics: statistics, ResponseTimeHistogram: entries } = chosen.kind === 'service'
    ? chosen.service
    : chosen.edge
  const total = Math.max(1, statistics.TotalCount)
  const counts = outcomeCounts(statistics)
  const worst = worstOutcome(counts, total)
  const name = chosen.kind === 'service' ? chosen.service.Name : `${chosen.from.Name} to ${chosen.to.Name}`
  const filter = chosenFilter(chosen)
  const hasTraces = !(chosen.kind === 'service' && chosen.service.Type === 'client')
  return (
    <aside class='panel' aria-label={name}>
      <div class='phead'>
        <h2 class='grow'>{name}</h2>
        <button type='button' class='btn bare' aria-label='Close' onClick={onClose}>
          <Icon name='x' />
        </button>
      </div>
      <p class='psub mute'>{descriptionOf(chosen)}</p>
      <section>
        <dl class='figs'>
          <Figure
            name='Requests'
            value={formatCount(statistics.TotalCount)}
            small={formatRate(statistics.TotalCount / minutes)}
          />
          <Figure name='Average' value={formatSeconds(statistics.TotalResponseTime / total)} />
          <Figure name='p95' value={formatSeconds(quantile(entries, 0.95))} />
          {worst !== 'ok' && (
            <Figure
              name={`${worst.replace(/^./, (initial) => initial.toUpperCase())}s`}
              value={formatShare(counts[worst] / total)}
              state={worst}
            />
          )}
        </dl>
      </section>
      <OutcomeShares counts={counts} total={total} />
      {hasTraces && (
        <TraceDetails
          {...{ query, isLive, filter }}
          serviceName={chosen.kind === 'service' ? chosen.service.Name : undefined}
        />
      )}
      <section>
        <h3>
          Response time {hasTraces && <span class='mute'>drag to filter</span>}
        </h3>
        <Histogram
          bins={binsOf(entries)}
          marks={marksOf(quantile(entries, 0.5), quantile(entries, 0.95))}
          {...(hasTraces ? { onChoose: (from: number, to: number) => filterByTime(filter, from, to) } : {})}
        />
      </section>
      {chosen.kind === 'service' && <Neighbours service={chosen.service} services={services} />}
      {hasTraces && (
        <div class='acts'>
          <a class='btn pri' href={urlOf('/traces', { q: filter })}>Show traces</a>
          {counts.fault > 0 && (
            <a class='btn' href={urlOf('/traces', { q: `${filter} { fault }` })}>
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

function Neighbours({ service, services }: { service: Service; services: readonly Service[] }) {
  const callers = services.filter(({ Edges }) => Edges.some(({ ReferenceId }) => ReferenceId === service.ReferenceId))
  const called = services.filter(({ ReferenceId }) => service.Edges.some((edge) => edge.ReferenceId === ReferenceId))
  const rows = [['Called by', callers], ['Calls', called]] as const
  const names = (neighbours: readonly Service[]): string => neighbours.map(({ Name }) => Name).join(', ')
  return (
    <section>
      <KeyValues
        rows={rows.filter(([, neighbours]) => neighbours.length > 0).map(([name, neighbours]) =>
          [name, names(neighbours)] as const
        )}
      />
    </section>
  )
}

function descriptionOf(chosen: Chosen): string {
  if (chosen.kind === 'edge') return 'Calls from one to the other, as the caller saw them'
  const { Type = '', State } = chosen.service
  if (Type === 'client') return 'Requests from outside'
  const kind = Type === '' ? 'Service' : serviceTypeLabel(Type)
  return State === 'active' ? kind : `${kind}, seen by its callers only`
}

/** Shows the traces of a filter with a response time of the service or edge between two, in seconds. */
function filterByTime(filter: string, from: number, to: number): void {
  const [low, high] = [from, to].map((seconds) => Number(seconds.toPrecision(3)))
  goTo('/traces', { q: `${filter} { responsetime >= ${low} AND responsetime <= ${high} }` })
}
