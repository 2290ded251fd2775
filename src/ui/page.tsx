import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { AgentView } from './agent-view.tsx'
import { readAgent } from './api.ts'
import { EmptyView } from './empty-view.tsx'
import { MapView } from './map-view.tsx'
import { Icon } from './outcome.tsx'
import { change, followLinks, goTo, type Place, ranges, urlOf, usePlace } from './page-location.ts'
import { TraceView } from './trace-view.tsx'
import { TracesView } from './traces-view.tsx'
import { usePolled } from './use-polled.ts'

const root = document.getElementById('page')
if (root !== null) render(<Page />, root)

/** The whole page: the bar, and the view that the URL names. */
export function Page() {
  const place = usePlace()
  const [isLive, setLive] = useState(true)
  const [problem, setProblem] = useState('')
  useKeys(() => setLive((was) => !was))
  const tell = (text: string): void => {
    if (text !== problem) queueMicrotask(() => setProblem(text))
  }
  return (
    <div class='page' onClick={followLinks}>
      <Bar place={place} isLive={isLive} onLive={() => setLive(!isLive)} />
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
    </div>
  )
}

function View({ place, isLive, onProblem }: { place: Place; isLive: boolean; onProblem: (text: string) => void }) {
  const { data } = usePolled<{ hasTraces: boolean | null }>('store', isLive, () => readAgent('/store'))
  const [, id] = /^\/trace\/([0-9a-f-]+)$/i.exec(place.path) ?? []
  if (id !== undefined) return <TraceView key={id} id={xrayId(id)} place={place} onProblem={onProblem} />
  // Without a local store there is the agent alone.
  if (place.path === '/agent' || data?.hasTraces === null) return <AgentView isLive={isLive} onProblem={onProblem} />
  if (data?.hasTraces === false) return <EmptyView />
  if (place.path === '/traces') return <TracesView place={place} isLive={isLive} onProblem={onProblem} />
  return <MapView place={place} isLive={isLive} onProblem={onProblem} />
}

function Bar({ place, isLive, onLive }: { place: Place; isLive: boolean; onLive: () => void }) {
  const link = (path: string, text: string) => (
    <a href={urlOf(path)} {...(place.path === path ? { 'aria-current': 'page' as const } : {})}>{text}</a>
  )
  return (
    <header class='bar'>
      <a class='brand' href={urlOf('/')}>
        <svg viewBox='0 0 20 20' aria-hidden='true'>
          <circle cx='10' cy='10' r='8' fill='none' stroke='var(--accent)' stroke-width='2.5' />
          <path d='M10 2v16M4 7h12M4 13h12' stroke='var(--accent)' stroke-width='1.5' />
        </svg>
        <span>Röntgen</span>
      </a>
      <nav aria-label='Views'>{link('/', 'Map')}{link('/traces', 'Traces')}{link('/agent', 'Agent')}</nav>
      <form
        class='field find'
        role='search'
        onSubmit={(event) => {
          event.preventDefault()
          const text = String(new FormData(event.currentTarget).get('find') ?? '').trim()
          if (/^[0-9a-f]{32}$|^1-[0-9a-f]{8}-[0-9a-f]{24}$/i.test(text)) goTo(`/trace/${xrayId(text)}`)
          else if (text !== '') goTo('/traces', { q: `service(${JSON.stringify(text)})` })
        }}
      >
        <Icon name='find' />
        <input
          id='find-field'
          name='find'
          aria-label='Find a trace id or a service'
          placeholder='Trace id or service'
        />
        <kbd>/</kbd>
      </form>
      <label class='field'>
        <Icon name='clock' />
        <select
          id='range-field'
          aria-label='Time range'
          value={place.query.get('range') ?? '30m'}
          onChange={(event) => change({ range: event.currentTarget.value })}
        >
          {Object.keys(ranges).map((range) => <option key={range} value={range}>Last {range}</option>)}
        </select>
      </label>
      <button type='button' class={`btn ${isLive ? 'live' : ''}`} aria-pressed={isLive} onClick={onLive}>
        <span class='dot' />
        {isLive ? 'Live' : 'Paused'}
      </button>
      <button type='button' class='btn bare' aria-label='Theme' onClick={changeTheme}>
        <Icon name='theme' />
      </button>
    </header>
  )
}

/** What a view is called, for those who hear the page. */
function titleOf(path: string): string {
  if (path.startsWith('/trace/')) return 'One trace'
  return { '/traces': 'Traces', '/agent': 'Agent' }[path] ?? 'Trace map'
}

/** A trace id in X-Ray's form. */
function xrayId(id: string): string {
  return id.includes('-') ? id.toLowerCase() : `1-${id.slice(0, 8)}-${id.slice(8)}`.toLowerCase()
}

function changeTheme(): void {
  const { dataset } = document.documentElement
  const isDark = dataset['theme'] === 'dark' ||
    (dataset['theme'] === undefined && matchMedia('(prefers-color-scheme: dark)').matches)
  dataset['theme'] = isDark ? 'light' : 'dark'
  localStorage.setItem('theme', dataset['theme'])
}

function useKeys(onLive: () => void): void {
  useEffect(() => {
    let isGoing = false
    const pressed = (event: KeyboardEvent): void => {
      if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return
      const view = { m: '/', t: '/traces', a: '/agent' }[event.key]
      const field = { '/': 'find-field', f: 'filter-field', t: 'range-field' }[event.key]
      if (isGoing && view !== undefined) goTo(view)
      else if (field !== undefined) {
        event.preventDefault()
        document.getElementById(field)?.focus()
      } else if (event.key === 'l') onLive()
      else if (event.key === 'Escape') change({ node: undefined })
      isGoing = event.key === 'g'
    }
    addEventListener('keydown', pressed)
    return () => removeEventListener('keydown', pressed)
  }, [])
}
