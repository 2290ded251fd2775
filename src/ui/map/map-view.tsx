import { callApi, type Service } from '../api.ts'
import { usePolled } from '../hooks/use-polled.ts'
import { useProblem } from '../hooks/use-problem.ts'
import { EmptyNote } from '../kit/empty-note.tsx'
import { Loading } from '../kit/loading.tsx'
import { changeQuery } from '../route.ts'
import { minutesOf, rangeKey, timeRangeOf } from '../time-range.ts'
import { type Chosen, chosenKey, chosenOf } from './chosen.ts'
import { MapCanvas } from './map-canvas.tsx'
import { MapPanel } from './map-panel.tsx'
import './map-view.css'
import { useFindService } from './use-find-service.ts'
import { withStableIds } from './with-stable-ids.ts'

/** The ids of services on this page; they outlive the view, so that the map looks the same when the user comes back. */
const ids = new Map<string, number>()

/** The map of services, with the figures of what is chosen on it. */
export function MapView({ query, isLive }: { query: URLSearchParams; isLive: boolean }) {
  const { data: services, problem, isOld } = usePolled(`map ${rangeKey(query)}`, isLive, async (signal) => {
    const answer = await callApi<{ Services: Service[] }>('/ServiceGraph', timeRangeOf(query), signal)
    return withStableIds(answer.Services, ids)
  })
  useProblem(problem)
  useFindService(services)
  if (services === undefined) return <Loading />
  if (services.length === 0) {
    return (
      <EmptyNote>
        No trace came in this time. <a href='/?range=1d'>Look at the last day</a>, or send some.
      </EmptyNote>
    )
  }
  const minutes = minutesOf(query)
  const chosen = chosenOf(query, services)
  const close = (): void => changeQuery({ node: undefined, edge: undefined })
  const choose = (next: Chosen): void => {
    const key = chosenKey(next)
    if (chosen?.kind === next.kind && chosenKey(chosen) === key) close()
    else if (next.kind === 'service') changeQuery({ node: key, edge: undefined }, true)
    else changeQuery({ edge: key, node: undefined }, true)
  }
  return (
    <div class={`map ${chosen === undefined ? 'solo' : ''} ${isOld ? 'old' : ''}`}>
      <MapCanvas {...{ services, minutes, chosen }} find={query.get('find') ?? ''} onChoose={choose} />
      {chosen !== undefined && (
        <MapPanel key={chosenKey(chosen)} {...{ query, isLive, minutes, chosen, services }} onClose={close} />
      )}
    </div>
  )
}
