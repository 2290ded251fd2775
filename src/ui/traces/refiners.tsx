import type { ComponentChildren } from 'preact'
import type { PageSummary } from '../../trace/api/page-answers.ts'
import type { Outcome } from '../../trace/outcome.ts'
import type { Facet } from '../../trace/api/page-answers.ts'
import { formatCount } from '../kit/format.ts'
import { pathOf } from '../kit/path-of.ts'
import { StateMark } from '../kit/state-mark.tsx'
import { changeQuery } from '../route.ts'
import { andFilter } from './and-filter.ts'
import './refiners.css'

/**
 * Ways to narrow the list. A click on one adds it to the filter.
 *
 * @param summary of the traces that match; undefined until it is read
 * @param filter the filter expression of the list; may be empty
 * @param isOpen whether they are shown where there is little room
 */
export function Refiners(
  { summary, filter, isOpen }: { summary: PageSummary | undefined; filter: string; isOpen: boolean },
) {
  const { outcome, root, method, url, status, user, annotation } = summary?.facets ?? {}
  const equals = (name: string) => (value: string): string => `${name} = ${JSON.stringify(value)}`
  const groups: readonly Omit<GroupProps, 'filter'>[] = [
    { title: 'Outcome', facet: outcome, expression: (keyword) => keyword, label: outcomeLabel },
    { title: 'Root service', facet: root, expression: (name) => `service(${JSON.stringify(name)})` },
    { title: 'Method', facet: method, expression: equals('http.method') },
    { title: 'URL', facet: url, expression: equals('http.url'), label: pathOf },
    { title: 'Status', facet: status, expression: (code) => `http.status = ${code}` },
    { title: 'User', facet: user, expression: equals('user') },
    { title: 'Annotation', facet: annotation, expression: (key) => `annotation[${key}]` },
  ]
  return (
    <nav class={`facets ${isOpen ? 'open' : ''}`} aria-label='Refine'>
      <h2 class='visually-hidden'>Refine</h2>
      {groups.map((group) => <Group key={group.title} {...group} filter={filter} />)}
    </nav>
  )
}

interface GroupProps {
  readonly title: string
  /** Undefined until it is read. */
  readonly facet: Facet | undefined
  readonly filter: string
  /** The expression that a value stands for. */
  readonly expression: (value: string) => string
  /** How a value is shown; as it is if absent. */
  readonly label?: (value: string) => ComponentChildren
}

function Group({ title, facet = [], filter, expression, label }: GroupProps) {
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
              onClick={() => changeQuery({ q: andFilter(filter, expression(value)) }, true)}
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

/** Outcomes by their keyword in filter expressions. */
const outcomeOfKeyword: Readonly<Record<string, Outcome>> = {
  fault: 'fault',
  error: 'error',
  throttle: 'throttle',
  partial: 'in-progress',
}

function outcomeLabel(keyword: string) {
  return <StateMark state={outcomeOfKeyword[keyword] ?? 'ok'} />
}
