import { useState } from 'preact/hooks'
import { callApi, readAgent } from './api.ts'
import { formatCount } from './format.ts'
import { Icon } from './outcome.tsx'
import { change, DEFAULT_RANGE, fixedRange, goTo, type Place, ranges, urlOf } from './page-location.ts'
import { usePolled } from './use-polled.ts'

/** A trace id in X-Ray's form. */
export function xrayId(id: string): string {
  return id.includes('-') ? id.toLowerCase() : `1-${id.slice(0, 8)}-${id.slice(8)}`.toLowerCase()
}

/** What stands above every view: where one is, what one looks for, and which time is seen. */
export function Bar({ place, isLive, onLive }: { place: Place; isLive: boolean; onLive: (is: boolean) => void }) {
  const { data } = usePolled('letters', true, () => readAgent<{ count: number }>('/dead-letters?limit=1'), {
    leastMs: 10_000,
  })
  const view = place.path.startsWith('/trace') ? '/traces' : place.path
  const link = (path: string, text: preact.ComponentChildren) => (
    <a href={urlOf(path)} {...(view === path ? { 'aria-current': 'page' as const } : {})}>{text}</a>
  )
  return (
    <header class='bar'>
      <a class='brand' href={urlOf('/')} aria-label='Röntgen, trace map'>
        <svg viewBox='0 0 20 20' aria-hidden='true'>
          <circle cx='10' cy='10' r='8' fill='none' stroke='var(--accent)' stroke-width='2.5' />
          <path d='M10 2v16M4 7h12M4 13h12' stroke='var(--accent)' stroke-width='1.5' />
        </svg>
        <span>Röntgen</span>
      </a>
      <nav aria-label='Views'>
        {link('/', 'Map')}
        {link('/traces', 'Traces')}
        {link(
          '/agent',
          <>
            Agent{' '}
            {(data?.count ?? 0) > 0 && (
              <span class='pill fault' title={`${data?.count} dead letters`}>{formatCount(data?.count ?? 0)}</span>
            )}
          </>,
        )}
      </nav>
      <Find place={place} />
      <TimeRange place={place} onLive={onLive} />
      <button
        type='button'
        class={`btn ${isLive ? 'live' : ''}`}
        aria-pressed={isLive}
        title='L'
        onClick={() => onLive(!isLive)}
      >
        <span class='dot' />
        <span class='w'>{isLive ? 'Live' : <Paused />}</span>
      </button>
      <button type='button' class='btn bare only-w' aria-label='Theme' onClick={changeTheme}>
        <Icon name='theme' />
      </button>
    </header>
  )
}

/** How many traces came since the page was paused. */
function Paused() {
  const [since] = useState(() => Date.now() / 1000)
  const { data } = usePolled<{ TraceSummaries: unknown[]; NextToken?: string }>(
    'paused',
    true,
    (signal) => callApi('/TraceSummaries', { StartTime: since, EndTime: Date.now() / 1000 + 60 }, signal),
    { leastMs: 2000 },
  )
  const count = data?.TraceSummaries.length ?? 0
  if (count === 0) return <>Paused</>
  return <>Paused, {count}{data?.NextToken === undefined ? '' : '+'} new</>
}

function Find({ place }: { place: Place }) {
  const isMap = place.path === '/'
  return (
    <form
      class='field find'
      role='search'
      onSubmit={(event) => {
        event.preventDefault()
        const text = String(new FormData(event.currentTarget).get('find') ?? '').trim()
        // On the map the first one that is not dim is meant.
        const node = isMap ? document.querySelector('.canvas .node:not(.dim)') : null
        if (/^[0-9a-f]{32}$|^1-[0-9a-f]{8}-[0-9a-f]{24}$/i.test(text)) goTo(`/trace/${xrayId(text)}`)
        else if (text !== '' && node !== null) node.dispatchEvent(new MouseEvent('click', { bubbles: true }))
        else if (text !== '') goTo('/traces', { q: `service(${JSON.stringify(text)})` })
      }}
    >
      <Icon name='find' />
      <input
        id='find-field'
        name='find'
        autoComplete='off'
        aria-label='Find a trace id or a service'
        placeholder='Trace id or service'
        value={isMap ? place.query.get('find') ?? '' : ''}
        onInput={(event) => isMap && change({ find: event.currentTarget.value })}
      />
      <kbd class='only-w'>/</kbd>
    </form>
  )
}

/** Up to now, or from one moment to another. */
function TimeRange({ place, onLive }: { place: Place; onLive: (is: boolean) => void }) {
  const [isOpen, setOpen] = useState(false)
  const fixed = fixedRange(place.query)
  const chosen = fixed === undefined ? place.query.get('range') ?? DEFAULT_RANGE : 'fixed'
  return (
    <span class='ranger'>
      <label class='field'>
        <Icon name='clock' />
        <select
          id='range-field'
          aria-label='Time range'
          value={chosen}
          onChange={(event) => {
            const range = event.currentTarget.value
            setOpen(range === 'fixed')
            if (range !== 'fixed') change({ range, from: undefined, to: undefined }, true)
          }}
        >
          {Object.keys(ranges).map((range) => <option key={range} value={range}>Last {range}</option>)}
          <option value='fixed'>
            {fixed === undefined ? 'From … to …' : `${clock(fixed.from)} to ${clock(fixed.to)}`}
          </option>
        </select>
      </label>
      {isOpen && (
        <form
          class='pop fixed'
          onSubmit={(event) => {
            event.preventDefault()
            const form = new FormData(event.currentTarget)
            const [from, to] = ['from', 'to'].map((name) => new Date(String(form.get(name))))
            if (from === undefined || to === undefined || !(from < to)) return
            setOpen(false)
            onLive(false)
            change({ range: undefined, from: from.toISOString(), to: to.toISOString() }, true)
          }}
        >
          <label>
            From{' '}
            <input
              name='from'
              type='datetime-local'
              step='1'
              required
              value={local(fixed?.from ?? Date.now() / 1000 - 3600)}
            />
          </label>
          <label>
            To <input name='to' type='datetime-local' step='1' required value={local(fixed?.to ?? Date.now() / 1000)} />
          </label>
          <button type='submit' class='btn pri'>Show</button>
        </form>
      )}
    </span>
  )
}

function clock(seconds: number): string {
  const date = new Date(seconds * 1000)
  return date.toLocaleString(undefined, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  })
}

/** What a field for date and time takes. */
function local(seconds: number): string {
  const date = new Date(seconds * 1000)
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}

function changeTheme(): void {
  const { dataset } = document.documentElement
  const isDark = dataset['theme'] === 'dark' ||
    (dataset['theme'] === undefined && matchMedia('(prefers-color-scheme: dark)').matches)
  dataset['theme'] = isDark ? 'light' : 'dark'
  localStorage.setItem('theme', dataset['theme'])
}
