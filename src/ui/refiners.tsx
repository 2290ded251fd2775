import type { Facet, PageSummary } from '../trace/api/page-answers.ts'
import { formatCount } from './format.ts'
import { type State, StateMark } from './outcome.tsx'
import { change } from './page-location.ts'

/** Ways to narrow the list; each writes into the filter. */
export function Refiners({ summary, q, isOpen }: { summary: PageSummary | undefined; q: string; isOpen: boolean }) {
  const { outcome, root, method, url, status, user, annotation } = summary?.facets ?? {}
  const text = (name: string) => (value: string): string => `${name} = ${JSON.stringify(value)}`
  return (
    <nav class={`facets ${isOpen ? 'open' : ''}`} aria-label='Refine'>
      <h2 class='heard'>Refine</h2>
      <Group title='Outcome' facet={outcome} q={q} expression={(value) => value} label={stateLabel} />
      <Group title='Root service' facet={root} q={q} expression={(value) => `service(${JSON.stringify(value)})`} />
      <Group title='Method' facet={method} q={q} expression={text('http.method')} />
      <Group title='URL' facet={url} q={q} expression={text('http.url')} label={pathLabel} />
      <Group title='Status' facet={status} q={q} expression={(value) => `http.status = ${value}`} />
      <Group title='User' facet={user} q={q} expression={text('user')} />
      <Group title='Annotation' facet={annotation} q={q} expression={(value) => `annotation[${value}]`} />
    </nav>
  )
}

/** The path says more than the host, which is often the same for all. */
function pathLabel(value: string) {
  return URL.canParse(value) ? new URL(value).pathname + new URL(value).search : value
}

function stateLabel(value: string) {
  const states: Readonly<Record<string, State>> = {
    fault: 'fault',
    error: 'error',
    throttle: 'throttle',
    partial: 'prog',
  }
  return <StateMark state={states[value] ?? 'ok'} />
}

function Group({ title, facet = [], q, expression, label }: {
  title: string
  facet?: Facet | undefined
  q: string
  expression: (value: string) => string
  label?: (value: string) => preact.ComponentChildren
}) {
  if (facet.length === 0) return null
  return (
    <section>
      <h3>{title}</h3>
      <ul>
        {facet.map(([value, count]) => (
          <li key={value}>
            <button
              type='button'
              title={value}
              onClick={() => change({ q: both(q, expression(value)) }, true)}
            >
              <span class='cut'>{label?.(value) ?? value}</span>
              <span class='n'>{formatCount(count)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Both of two expressions. */
export function both(left: string, right: string): string {
  if (left === '') return right
  return `${/\bOR\b/i.test(left) ? `(${left})` : left} AND ${right}`
}
