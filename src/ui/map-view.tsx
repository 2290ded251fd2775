import { callApi, type Service } from './api.ts'
import { MapCanvas } from './map-canvas.tsx'
import { MapPanel } from './map-panel.tsx'
import { change, minutesOf, type Place, rangeKey, rangeOf } from './page-location.ts'
import { type Polled, usePolled } from './use-polled.ts'

/** What the URL calls a service. */
function nameOf({ Name, Type }: Service): string {
  return `${Name} ${Type ?? ''}`.trim()
}

/** The ids of services on this page: those of the API are others in each answer. */
const ids = new Map<string, number>()

/** The services in an order and with ids that stay, so that nothing moves or loses the focus. */
function withOwnIds(services: readonly Service[]): Service[] {
  const own = new Map<number, number>()
  for (const service of services) {
    const name = nameOf(service)
    const id = ids.get(name) ?? ids.size
    ids.set(name, id)
    own.set(service.ReferenceId, id)
  }
  const idOf = (reference: number): number => own.get(reference) ?? -1
  return services.map((service) => ({
    ...service,
    ReferenceId: idOf(service.ReferenceId),
    Edges: service.Edges.map((edge) => ({ ...edge, ReferenceId: idOf(edge.ReferenceId) })).sort((a, b) =>
      a.ReferenceId - b.ReferenceId
    ),
  })).sort((a, b) => a.ReferenceId - b.ReferenceId)
}

/** The map of services. */
export function MapView(
  { place, isLive, onProblem }: { place: Place; isLive: boolean; onProblem: (text: string) => void },
) {
  const { query } = place
  const { data, problem, isOld }: Polled<{ Services: Service[] }> = usePolled(
    `map ${rangeKey(query)}`,
    isLive,
    (signal) => callApi('/ServiceGraph', rangeOf(query), signal),
  )
  onProblem(problem)
  if (data === undefined) return <div class='wait' aria-hidden='true' />
  const services = withOwnIds(data.Services)
  const minutes = minutesOf(query)
  const node = services.find((service) => nameOf(service) === query.get('node'))
  const [start, end] = (query.get('edge') ?? '').split(',').map((name) =>
    services.find((service) => nameOf(service) === name)
  )
  const edge = start?.Edges.find(({ ReferenceId }) => ReferenceId === end?.ReferenceId)
  if (services.length === 0) {
    return (
      <p class='empty'>
        No trace came in this time. <a href='/?range=1d'>Look at the last day</a>, or send some.
      </p>
    )
  }
  const close = (): void => change({ node: undefined, edge: undefined })
  const chosen = node !== undefined
    ? { node }
    : start !== undefined && end !== undefined && edge !== undefined
    ? { edge: { from: start, to: end } }
    : undefined
  return (
    <div class={`map ${chosen === undefined ? 'solo' : ''} ${isOld ? 'old' : ''}`}>
      <MapCanvas
        {...{ services, minutes, chosen }}
        find={query.get('find') ?? ''}
        onNode={(service) => service === node ? close() : change({ node: nameOf(service), edge: undefined }, true)}
        onEdge={(from, to) =>
          edge !== undefined && from === start && to === end
            ? close()
            : change({ edge: `${nameOf(from)},${nameOf(to)}`, node: undefined }, true)}
      />
      {node !== undefined && (
        <MapPanel
          key={nameOf(node)}
          query={query}
          isLive={isLive}
          minutes={minutes}
          of={node}
          service={node}
          services={services}
          onClose={close}
        />
      )}
      {edge !== undefined && start !== undefined && end !== undefined && (
        <MapPanel
          key={`${nameOf(start)},${nameOf(end)}`}
          query={query}
          isLive={isLive}
          minutes={minutes}
          of={edge}
          edge={[start, end]}
          services={services}
          onClose={close}
        />
      )}
    </div>
  )
}
