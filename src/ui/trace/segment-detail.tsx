import type { Segment, Trace } from '../../trace/assemble-trace.ts'
import { type Json, listOf, objectOf, textOf } from '../../bytes/json.ts'
import { outcomeOfDocument } from '../../trace/outcome.ts'
import { calledService, serviceOf } from '../../trace/service-of.ts'
import { useKeys } from '../hooks/use-keys.ts'
import { ErrorBoundary } from '../kit/error-boundary.tsx'
import { KeyValues } from '../kit/key-values.tsx'
import { StateMark } from '../kit/state-mark.tsx'
import { Tabs } from '../kit/tabs.tsx'
import { changeQuery } from '../route.ts'
import { AnnotationsTab } from './annotations-tab.tsx'
import { exceptionsIn, ExceptionsTab } from './exceptions-tab.tsx'
import { flatten } from './flatten.ts'
import { LinksTab } from './links-tab.tsx'
import { MetadataTab } from './metadata-tab.tsx'
import { operationOf } from './operation-of.ts'
import { OverviewTab } from './overview-tab.tsx'
import { RawTab } from './raw-tab.tsx'
import { SqlTab } from './sql-tab.tsx'

const tabs = ['Overview', 'Resources', 'Annotations', 'Metadata', 'Exceptions', 'SQL', 'Links', 'Raw'] as const
type TabName = typeof tabs[number]

interface Props {
  readonly trace: Trace
  readonly segment: Segment
  /** The length of the trace, in seconds. */
  readonly duration: number
  /** The start of the trace, in Unix seconds. */
  readonly start: number
}

/** A segment or subsegment in detail. @param tab the one that the URL names, in lower case; null if it names none */
export function SegmentDetail({ tab, ...props }: Props & { readonly tab: string | null }) {
  const { segment } = props
  const { document, isSubsegment } = segment
  const shown = tabs.find((name) => name.toLowerCase() === tab) ?? mostUseful(document)
  const open = (name: TabName): void => changeQuery({ tab: name.toLowerCase(), span: segment.id })
  useKeys(Object.fromEntries(tabs.map((name, i) => [String(i + 1), () => open(name)])))
  const owner = ownerOf(segment)
  return (
    <aside class='panel' aria-label={segment.name}>
      <div class='phead'>
        <h2 class='grow'>{titleOf(segment)}</h2>
        <StateMark state={outcomeOfDocument(document)} />
      </div>
      <p class='psub mute'>
        <span class='cut'>{isSubsegment ? `Subsegment of ${owner}` : `Segment of ${owner}`}</span>{' '}
        <span class='mono'>{segment.id}</span>
      </p>
      <Tabs
        label='Segment'
        tabs={tabs.map((name) => {
          const count = countOf(name, document)
          return {
            name,
            label: `${name}${count > 1 ? ` ${count}` : ''}`,
            href: `?tab=${name.toLowerCase()}`,
            isEmpty: count === 0,
          }
        })}
        selected={shown}
        onSelect={open}
      />
      <section role='tabpanel' aria-label={shown} class={shown === 'Raw' ? 'rawpanel' : ''}>
        {countOf(shown, document) === 0
          ? <p class='mute'>This {isSubsegment ? 'subsegment' : 'segment'} has none.</p>
          : (
            <ErrorBoundary key={shown}>
              <Content name={shown} {...props} />
            </ErrorBoundary>
          )}
      </section>
    </aside>
  )
}

/** The tab that says most about a segment. */
function mostUseful(document: Json): TabName {
  if (exceptionsIn(document).length > 0) return 'Exceptions'
  return document['sql'] === undefined ? 'Overview' : 'SQL'
}

/** How many things a tab shows; -1 where a count would say nothing. */
function countOf(name: TabName, document: Json): number {
  switch (name) {
    case 'Annotations':
    case 'Metadata':
      return flatten(document[name.toLowerCase()]).length
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

function Content({ name, trace, segment, duration, start }: Props & { readonly name: TabName }) {
  const { document } = segment
  switch (name) {
    case 'Overview':
      return <OverviewTab segment={segment} duration={duration} start={start} />
    case 'Resources':
      return <Resources document={document} />
    case 'Annotations':
      return <AnnotationsTab annotations={objectOf(document['annotations'])} />
    case 'Metadata':
      return <MetadataTab value={objectOf(document['metadata'])} />
    case 'Exceptions':
      return <ExceptionsTab trace={trace} segment={segment} />
    case 'SQL':
      return <SqlTab trace={trace} segment={segment} />
    case 'Links':
      return <LinksTab links={listOf(document['links']).map(objectOf)} />
    case 'Raw':
      return <RawTab trace={trace} segment={segment} />
  }
}

function Resources({ document: { origin, aws, service, resource_arn } }: { document: Json }) {
  const rows = flatten({ origin, aws, service, resource_arn })
  if (rows.length === 0) return <p class='mute'>Nothing is known of what it ran on.</p>
  return <KeyValues rows={rows} />
}

/** The name of a segment and what it does; for a database call without an operation, the beginning of its statement. */
function titleOf(segment: Segment): string {
  const operation = operationOf(segment)
  const statement = textOf(objectOf(segment.document['sql'])['sanitized_query'])
  return [segment.name, operation === '' ? statement?.slice(0, 40) : operation].filter(Boolean).join(' ')
}

/** The service that a segment is part of, or that a subsegment calls. */
function ownerOf(segment: Segment): string {
  let owner: Segment = segment
  while (owner.isSubsegment && owner.parent !== undefined) owner = owner.parent
  return owner.isSubsegment ? calledService(owner)?.name ?? owner.name : serviceOf(owner).name
}
