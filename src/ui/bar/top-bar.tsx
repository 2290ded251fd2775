import type { ComponentChildren } from 'preact'
import { readAgent } from '../api.ts'
import { usePolled } from '../hooks/use-polled.ts'
import { formatCount } from '../kit/format.ts'
import { Icon } from '../kit/icon.tsx'
import { type Route, urlOf } from '../route.ts'
import { FindField } from './find-field.tsx'
import { LiveButton } from './live-button.tsx'
import { TimeRangeField } from './time-range-field.tsx'
import './top-bar.css'

/**
 * The bar above every view: where the user is, what they look for, and the time range.
 *
 * @param onLive takes whether the page follows new traces from now on
 */
export function TopBar(
  { route, isLive, onLive }: { route: Route; isLive: boolean; onLive: (isLive: boolean) => void },
) {
  return (
    <header class='bar'>
      <a class='brand' href={urlOf('/')} aria-label='Röntgen, trace map'>
        <svg viewBox='0 0 20 20' aria-hidden='true'>
          <circle cx='10' cy='10' r='8' fill='none' stroke='var(--accent)' stroke-width='2.5' />
          <path d='M10 2v16M4 7h12M4 13h12' stroke='var(--accent)' stroke-width='1.5' />
        </svg>
        <span>Röntgen</span>
      </a>
      <Views path={route.path} />
      <FindField route={route} />
      <TimeRangeField query={route.query} onFixed={() => onLive(false)} />
      <LiveButton isLive={isLive} onLive={onLive} />
      <button type='button' class='btn bare only-w' aria-label='Theme' onClick={changeTheme}>
        <Icon name='theme' />
      </button>
    </header>
  )
}

function Views({ path }: { path: string }) {
  const { data } = usePolled('dead letters', true, () => readAgent<{ count: number }>('/dead-letters?limit=1'), {
    minIntervalMs: 10_000,
  })
  const deadLetters = data?.count ?? 0
  const view = path.startsWith('/trace') ? '/traces' : path
  const link = (target: string, label: ComponentChildren) => (
    <a href={urlOf(target)} {...(view === target ? { 'aria-current': 'page' as const } : {})}>{label}</a>
  )
  return (
    <nav aria-label='Views'>
      {link('/', 'Map')}
      {link('/traces', 'Traces')}
      {link(
        '/agent',
        <>
          Agent{' '}
          {deadLetters > 0 && (
            <span class='pill fault' title={`${deadLetters} dead letters`}>{formatCount(deadLetters)}</span>
          )}
        </>,
      )}
    </nav>
  )
}

function changeTheme(): void {
  const { dataset } = document.documentElement
  const isDark = dataset['theme'] === 'dark' ||
    (dataset['theme'] === undefined && matchMedia('(prefers-color-scheme: dark)').matches)
  dataset['theme'] = isDark ? 'light' : 'dark'
  localStorage.setItem('theme', dataset['theme'])
}
