import { render } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import './tokens.css'
import './base.css'
import './kit/button.css'
import './kit/field.css'
import './kit/pill.css'
import './kit/popover.css'
import './kit/strip.css'
import './kit/live-dot.css'
import './kit/mini-table.css'
import './kit/data-table.css'
import './kit/box.css'
import './kit/panel.css'
import './page.css'
import { parseTraceId } from '../trace/trace-id.ts'
import { AgentView } from './agent/agent-view.tsx'
import { readAgent } from './api.ts'
import { TopBar } from './bar/top-bar.tsx'
import { EmptyView } from './empty/empty-view.tsx'
import { FindProvider } from './hooks/use-find.ts'
import { useKeys } from './hooks/use-keys.ts'
import { usePolled } from './hooks/use-polled.ts'
import { ProblemProvider } from './hooks/use-problem.ts'
import { useRoute } from './hooks/use-route.ts'
import { ErrorBoundary } from './kit/error-boundary.tsx'
import { Icon } from './kit/icon.tsx'
import { KeyTable } from './kit/key-table.tsx'
import { MapView } from './map/map-view.tsx'
import { changeQuery, followLinks, goTo, type Route } from './route.ts'
import { fixedRange } from './time-range.ts'
import { TraceView } from './trace/trace-view.tsx'
import { TracesView } from './traces/traces-view.tsx'

const root = document.getElementById('page')
if (root !== null) render(<Page />, root)

/** The whole page: the bar, and the view that the URL names. */
export function Page() {
  const route = useRoute()
  // A fixed time range stands still until the user wants new traces.
  const [isLive, setLive] = useState(() => fixedRange(route.query) === undefined)
  const [isHelp, setHelp] = useState(false)
  const [problem, setProblem] = useState('')
  const finder = useMemo(() => ({ current: undefined }), [])
  useKeys({
    'g m': () => goTo('/'),
    'g t': () => goTo('/traces'),
    'g a': () => goTo('/agent'),
    '?': () => setHelp(true),
    Escape: () => changeQuery({ node: undefined, edge: undefined }),
  })
  return (
    <FindProvider value={finder}>
      <div class='page' onClick={followLinks}>
        <TopBar route={route} isLive={isLive} onLive={setLive} />
        {problem !== '' && (
          <div class='strip' role='status'>
            <span class='st fault'>
              <Icon name='fault' />
              {problem}
            </span>
          </div>
        )}
        <main id='main' tabIndex={-1}>
          <h1 class='visually-hidden'>{titleOf(route.path)}</h1>
          <ProblemProvider value={setProblem}>
            <ErrorBoundary key={route.path}>
              <View route={route} isLive={isLive} />
            </ErrorBoundary>
          </ProblemProvider>
        </main>
        <KeyTable isOpen={isHelp} onClose={() => setHelp(false)} />
      </div>
    </FindProvider>
  )
}

function View({ route, isLive }: { route: Route; isLive: boolean }) {
  const { data: store } = usePolled<{ hasTraces: boolean | null }>('store', isLive, () => readAgent('/store'), {
    minIntervalMs: 1000,
    maxIntervalMs: 5000,
  })
  const [, id] = /^\/trace\/([0-9a-f-]+)$/i.exec(route.path) ?? []
  if (id !== undefined) return <TraceView key={id} id={parseTraceId(id) ?? id} route={route} isLive={isLive} />
  // Without a local store there is only the agent to show.
  if (route.path === '/agent' || store?.hasTraces === null) return <AgentView isLive={isLive} />
  if (store?.hasTraces === false) return <EmptyView />
  if (route.path === '/traces') return <TracesView query={route.query} isLive={isLive} />
  return <MapView query={route.query} isLive={isLive} />
}

/** The name of a view, for screen readers. */
function titleOf(path: string): string {
  if (path.startsWith('/trace/')) return 'One trace'
  return { '/traces': 'Traces', '/agent': 'Agent' }[path] ?? 'Trace map'
}
