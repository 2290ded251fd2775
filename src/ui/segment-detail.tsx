import { formatSeconds } from '../local/format-seconds.ts'
import type { Segment } from '../local/assemble-trace.ts'
import { durationOf } from '../local/facts-of-trace.ts'
import { type Json, listOf, objectOf, textOf } from '../local/json.ts'
import { formatClock, formatShare } from './format.ts'
import { change } from './page-location.ts'

const tabs = ['Overview', 'Resources', 'Annotations', 'Metadata', 'Exceptions', 'SQL', 'Links', 'Raw'] as const
type Tab = typeof tabs[number]

/** Everything that a segment says. */
export function SegmentDetail(
  { segment, whole, start, tab }: { segment: Segment; whole: number; start: number; tab: string | null },
) {
  const { document } = segment
  const exceptions = listOf(objectOf(document['cause'])['exceptions']).map(objectOf)
  const shown = tabs.find((name) => name.toLowerCase() === tab) ??
    (exceptions.length > 0 ? 'Exceptions' : document['sql'] === undefined ? 'Overview' : 'SQL')
  const isEmpty = (name: Tab): boolean => contentOf(name, segment, whole, start) === undefined
  return (
    <aside class='panel' aria-label={segment.name}>
      <div class='phead'>
        <h2>{segment.name}</h2>
      </div>
      <div class='tabs' role='tablist'>
        {tabs.map((name) => (
          <a
            key={name}
            role='tab'
            href='#'
            aria-selected={name === shown}
            class={isEmpty(name) ? 'quiet' : ''}
            onClick={(event) => {
              event.preventDefault()
              event.stopPropagation()
              change({ tab: name.toLowerCase(), span: segment.id })
            }}
          >
            {name}
            {name === 'Exceptions' && exceptions.length > 1 ? ` ${exceptions.length}` : ''}
          </a>
        ))}
      </div>
      <section role='tabpanel'>{contentOf(shown, segment, whole, start) ?? <p class='quiet'>Nothing here</p>}</section>
    </aside>
  )
}

function contentOf(tab: Tab, segment: Segment, whole: number, start: number) {
  const { document } = segment
  switch (tab) {
    case 'Overview':
      return <Overview segment={segment} whole={whole} start={start} />
    case 'Resources':
      return (
        <Members
          of={{
            origin: document['origin'],
            aws: document['aws'],
            service: document['service'],
            resource_arn: document['resource_arn'],
          }}
        />
      )
    case 'Annotations':
      return document['annotations'] === undefined ? undefined : <Members of={objectOf(document['annotations'])} />
    case 'Metadata':
      return document['metadata'] === undefined ? undefined : <Members of={objectOf(document['metadata'])} />
    case 'Exceptions':
      return <Exceptions document={document} />
    case 'SQL':
      return document['sql'] === undefined ? undefined : <Sql sql={objectOf(document['sql'])} />
    case 'Links':
      return listOf(document['links']).length === 0 ? undefined : <Members of={{ links: document['links'] }} />
    case 'Raw':
      return <Raw document={document} />
  }
}

function Overview({ segment, whole, start }: { segment: Segment; whole: number; start: number }) {
  const { document } = segment
  const http = objectOf(document['http'])
  const request = objectOf(http['request'])
  const facts: readonly (readonly [string, unknown])[] = [
    ['Start', `${formatClock(segment.start)}, ${formatSeconds(segment.start - start)} after the first`],
    [
      'Duration',
      segment.end === undefined
        ? 'in progress'
        : `${formatSeconds(durationOf(segment))}, ${formatShare(durationOf(segment) / whole)} of the trace`,
    ],
    ['Request', [request['method'], request['url']].filter(Boolean).join(' ')],
    ['Status', objectOf(http['response'])['status']],
    ['Client', request['client_ip']],
    ['User agent', request['user_agent']],
    ['User', document['user']],
    ['Namespace', document['namespace']],
    ['Id', segment.id],
    ['Parent', segment.parentId],
  ]
  return (
    <dl class='kv'>
      {facts.filter(([, value]) => value !== undefined && value !== '').map((
        [name, value],
      ) => [<dt key={name}>{name}</dt>, <dd key={`${name} value`}>{String(value)}</dd>])}
    </dl>
  )
}

/** Members, those of objects with the names of both. */
function Members({ of }: { of: Json }) {
  const rows = flat(of, '')
  if (rows.length === 0) return <p class='quiet'>Nothing here</p>
  return (
    <dl class='kv'>
      {rows.map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name} value`}>{value}</dd>])}
    </dl>
  )
}

function flat(value: unknown, path: string): [string, string][] {
  if (value === undefined) return []
  if (typeof value !== 'object' || value === null) return [[path, String(value)]]
  return Object.entries(value).flatMap(([key, inner]) => flat(inner, path === '' ? key : `${path}.${key}`))
}

function Exceptions({ document }: { document: Json }) {
  const exceptions = listOf(objectOf(document['cause'])['exceptions']).map(objectOf)
  if (exceptions.length === 0) return <p class='quiet'>No exception was recorded</p>
  return (
    <>
      {exceptions.map((exception, i) => (
        <div key={String(exception['id'] ?? i)} style='margin-bottom:16px'>
          <h2>{textOf(exception['type']) ?? 'Exception'}</h2>
          <p>{textOf(exception['message'])}</p>
          {exception['cause'] !== undefined && <p class='quiet'>caused by the next</p>}
          <div class='stack'>
            {listOf(exception['stack']).map(objectOf).map((frame, line) => (
              <div key={line}>
                <b>{textOf(frame['label']) ?? '(anonymous)'}</b>
                <span class='quiet'>{textOf(frame['path'])}:{String(frame['line'] ?? '')}</span>
              </div>
            ))}
          </div>
        </div>
      ))}
    </>
  )
}

function Sql({ sql }: { sql: Json }) {
  const { sanitized_query: query, ...rest } = sql
  return (
    <>
      {query !== undefined && <pre class='box'>{String(query)}</pre>}
      <Members of={rest} />
    </>
  )
}

function Raw({ document }: { document: Json }) {
  const text = JSON.stringify(document, undefined, 2)
  const size = new TextEncoder().encode(JSON.stringify(document)).length
  return (
    <>
      <p class='quiet'>{(size / 1024).toFixed(1)} of 64 KB</p>
      <pre class='box'>{text}</pre>
    </>
  )
}
