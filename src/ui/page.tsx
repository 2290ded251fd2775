import { render } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { AgentView } from './agent-view.tsx'
import { readAgent } from './api.ts'
import { Bar, xrayId } from './bar.tsx'
import { EmptyView } from './empty-view.tsx'
import { KeyTable } from './key-table.tsx'
import { MapView } from './map-view.tsx'
import { Icon } from './outcome.tsx'
import { change, fixedRange, followLinks, goTo, type Place, usePlace } from './page-location.ts'
import { TraceView } from './trace-view.tsx'
import { TracesView } from './traces-view.tsx'
import { useKeys } from './use-keys.ts'
import { usePolled } from './use-polled.ts'

const root = document.getElementById('page')
if (root !== null) render(<Page />, root)

/** The whole page: the bar, and the view that the URL names. */
export function Page() {
  const place = usePlace()
  // A fixed time is looked at in peace.
  const [isLive, setLive] = useState(() => fixedRange(place.query) === undefined)
  const [isHelp, setHelp] = useState(false)
  const [problem, setProblem] = useState('')
  usePageKeys(() => setLive((was) => !was), () => setHelp(true))
  const tell = (text: string): void => {
    if (text !== problem) queueMicrotask(() => setProblem(text))
  }
  return (
    <div class='page' onClick={followLinks}>
      <Bar place={place} isLive={isLive} onLive={setLive} />
      {problem !== '' && (
        <div class='qbar' role='status'>
          <span class='st fault'>
            <Icon name='fault' />
            {problem}
          </span>
        </div>
      )}
      <main id='main' tabIndex={-1}>
        <h1 class='heard'>{titleOf(place.path)}</h1>
        <View place={place} isLive={isLive} onProblem={tell} />
      </main>
      <KeyTable isOpen={isHelp} onClose={() => setHelp(false)} />
    </div>
  )
}

function View({ place, isLive, onProblem }: { place: Place; isLive: boolean; onProblem: (text: string) => void }) {
  const { data } = usePolled<{ hasTraces: boolean | null }>('store', isLive, () => readAgent('/store'), {
    leastMs: 1000,
    mostMs: 5000,
  })
  const [, id] = /^\/trace\/([0-9a-f-]+)$/i.exec(place.path) ?? []
  const view = { place, isLive, onProblem }
  if (id !== undefined) return <TraceView key={id} id={xrayId(id)} {...view} />
  // Without a local store there is the agent alone.
  if (place.path === '/agent' || data?.hasTraces === null) return <AgentView {...view} />
  if (data?.hasTraces === false) return <EmptyView />
  if (place.path === '/traces') return <TracesView {...view} />
  return <MapView {...view} />
}

/** What a view is called, for those who hear the page. */
function titleOf(path: string): string {
  if (path.startsWith('/trace/')) return 'One trace'
  return { '/traces': 'Traces', '/agent': 'Agent' }[path] ?? 'Trace map'
}

/** Keys of the whole page. */
function usePageKeys(onLive: () => void, onHelp: () => void): void {
  const isGoing = useRef(false)
  useKeys((event) => {
    const view = { m: '/', t: '/traces', a: '/agent' }[event.key]
    const field = { '/': 'find-field', f: 'filter-field', t: 'range-field' }[event.key]
    if (isGoing.current && view !== undefined) goTo(view)
    else if (field !== undefined) {
      event.preventDefault()
      document.getElementById(field)?.focus()
    } else if (event.key === 'l') onLive()
    else if (event.key === '?') onHelp()
    else if (event.key === 'Escape') change({ node: undefined, edge: undefined })
    isGoing.current = event.key === 'g'
  })
}
