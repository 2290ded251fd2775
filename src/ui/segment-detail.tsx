import type { Segment, Trace } from '../trace/assemble-trace.ts'
import { durationOf } from '../trace/index-trace.ts'
import { formatSeconds } from '../trace/format-seconds.ts'
import { type Json, listOf, objectOf, textOf } from '../bytes/json.ts'
import { calledService, serviceOf } from '../trace/service-of.ts'
import { exceptionsIn, ExceptionsTab } from './exceptions-tab.tsx'
import { formatClock, formatShare } from './format.ts'
import { StateMark } from './outcome.tsx'
import { change, urlOf } from './page-location.ts'
import { RawTab } from './raw-tab.tsx'
import { SqlTab } from './sql-tab.tsx'
import { useKeys } from './use-keys.ts'
import { stateOfSegment } from './waterfall-rows.ts'
import { titleOf } from './waterfall.tsx'

const tabs = ['Overview', 'Resources', 'Annotations', 'Metadata', 'Exceptions', 'SQL', 'Links', 'Raw'] as const
type Tab = typeof tabs[number]

interface Props {
  readonly trace: Trace
  readonly segment: Segment
  /** Seconds. */
  readonly whole: number
  /** Unix seconds. */
  readonly start: number
}

/** Everything that a segment says. */
export function SegmentDetail({ tab, ...props }: Props & { readonly tab: string | null }) {
  const { segment } = props
  const { document } = segment
  const shown = tabs.find((name) => name.toLowerCase() === tab) ??
    (exceptionsIn(document).length > 0 ? 'Exceptions' : document['sql'] === undefined ? 'Overview' : 'SQL')
  const open = (name: Tab): void => change({ tab: name.toLowerCase(), span: segment.id })
  useKeys(({ key }) => {
    const name = tabs[Number(key) - 1]
    if (name !== undefined) open(name)
  })
  const owner = ownerOf(segment)
  return (
    <aside class='panel' aria-label={segment.name}>
      <div class='phead'>
        <h2 class='grow'>{titleOf(segment)}</h2>
        <StateMark state={stateOfSegment(segment)} />
      </div>
      <p class='psub mute'>
        <span class='cut'>{segment.isSubsegment ? `Subsegment of ${owner}` : `Segment of ${owner}`}</span>{' '}
        <span class='mono'>{segment.id}</span>
      </p>
      <div class='tabs' role='tablist' aria-label='Segment'>
        {tabs.map((name) => {
          const count = countOf(name, document)
          return (
            <a
              key={name}
              role='tab'
              href={`?tab=${name.toLowerCase()}`}
              aria-selected={name === shown}
              class={count === 0 ? 'none' : ''}
              onClick={(event) => {
                event.preventDefault()
                event.stopPropagation()
                open(name)
              }}
            >
              {name}
              {count > 1 ? ` ${count}` : ''}
            </a>
          )
        })}
      </div>
      <section role='tabpanel' aria-label={shown} class={shown === 'Raw' ? 'rawpanel' : ''}>
        {countOf(shown, document) === 0
          ? <p class='mute'>This {segment.isSubsegment ? 'subsegment' : 'segment'} has none.</p>
          : <Content name={shown} {...props} />}
      </section>
    </aside>
  )
}

/** How much there is on a tab; -1 where counting says nothing. */
function countOf(name: Tab, document: Json): number {
  switch (name) {
    case 'Annotations':
    case 'Metadata':
      return flat(document[name.toLowerCase()], '').length
    case 'Exceptions':
      return exceptionsIn(document).length
    case 'SQL':
      return document['sql'] === undefined ? 0 : -1
    case 'Links':
      return listOf(document['links']).length
    case 'Overview':
    case 'Resources':
    case 'Raw':
      return -1
  }
}

function Content({ name, trace, segment, whole, start }: Props & { readonly name: Tab }) {
  const { document } = segment
  switch (name) {
    case 'Overview':
      return <Overview segment={segment} whole={whole} start={start} />
    case 'Resources': {
      const { origin, aws, service, resource_arn } = document
      return <Members of={{ origin, aws, service, resource_arn }} />
    }
    case 'Annotations':
      return <Annotations of={objectOf(document['annotations'])} />
    case 'Metadata':
      return <Tree of={objectOf(document['metadata'])} />
    case 'Exceptions':
      return <ExceptionsTab trace={trace} segment={segment} />
    case 'SQL':
      return <SqlTab trace={trace} segment={segment} />
    case 'Links':
      return <Links links={listOf(document['links']).map(objectOf)} />
    case 'Raw':
      return <RawTab trace={trace} segment={segment} />
  }
}

function Overview({ segment, whole, start }: { segment: Segment; whole: number; start: number }) {
  const { document } = segment
  const http = objectOf(document['http'])
  const request = objectOf(http['request'])
  const aws = objectOf(document['aws'])
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
    ['Operation', aws['operation']],
    ['Region', aws['region']],
    ['Request id', aws['request_id']],
    ['Retries', aws['retries']],
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
  if (rows.length === 0) return <p class='mute'>Nothing is known of what it ran on.</p>
  return (
    <dl class='kv'>
      {rows.map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name} value`}>{value}</dd>])}
    </dl>
  )
}

function Annotations({ of }: { of: Json }) {
  return (
    <dl class='kv'>
      {Object.entries(of).map(([name, value]) => [
        <dt key={name}>{name}</dt>,
        <dd key={`${name} value`}>
          {String(value)}{' '}
          <a
            href={urlOf('/traces', { q: `annotation[${name}] = ${JSON.stringify(value)}` })}
            aria-label={`Traces with ${name} ${String(value)}`}
          >
            filter
          </a>
        </dd>,
      ])}
    </dl>
  )
}

/** Objects within each other, each to be folded. */
function Tree({ of }: { of: unknown }) {
  if (typeof of !== 'object' || of === null) return <span class='mono'>{JSON.stringify(of)}</span>
  return (
    <ul class='tree'>
      {Object.entries(of).map(([name, value]) => {
        const isLeaf = typeof value !== 'object' || value === null || Object.keys(value).length === 0
        return (
          <li key={name}>
            {isLeaf
              ? (
                <>
                  <span class='mute'>{name}</span> <span class='mono'>{JSON.stringify(value)}</span>
                </>
              )
              : (
                <details open>
                  <summary>{name}</summary>
                  <Tree of={value} />
                </details>
              )}
          </li>
        )
      })}
    </ul>
  )
}

function Links({ links }: { links: readonly Json[] }) {
  return (
    <>
      {links.map((link, i) => {
        const trace = textOf(link['trace_id'])
        return (
          <dl class='kv' key={i}>
            <dt>Trace</dt>
            <dd>
              {trace === undefined ? '-' : <a href={`/trace/${trace}?span=${textOf(link['id']) ?? ''}`}>{trace}</a>}
            </dd>
            <dt>Segment</dt>
            <dd>{textOf(link['id'])}</dd>
            {flat(link['attributes'], '').map(([name, value]) => [
              <dt key={name}>{name}</dt>,
              <dd key={`${name} value`}>{value}</dd>,
            ])}
          </dl>
        )
      })}
    </>
  )
}

function flat(value: unknown, path: string): [string, string][] {
  if (value === undefined) return []
  if (typeof value !== 'object' || value === null) return [[path, String(value)]]
  return Object.entries(value).flatMap(([key, inner]) => flat(inner, path === '' ? key : `${path}.${key}`))
}

/** The service that a segment is part of, or that a subsegment calls. */
function ownerOf(segment: Segment): string {
  let at: Segment = segment
  while (at.isSubsegment && at.parent !== undefined) at = at.parent
  return at.isSubsegment ? calledService(at)?.name ?? at.name : serviceOf(at).name
}
