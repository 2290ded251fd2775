import type { Segment, Trace } from '../../trace/assemble-trace.ts'
import { exceptionsOf } from '../../trace/causes-of.ts'
import { type Json, listOf, objectOf, textOf } from '../../bytes/json.ts'
import { outcomeOfDocument } from '../../trace/outcome.ts'
import { Icon } from '../kit/icon.tsx'
import { StateMark } from '../kit/state-mark.tsx'
import './exceptions-tab.css'
import { StackTrace } from './stack-trace.tsx'

/** Segments with an exception that are listed. */
const MAX_OTHERS = 10

/** The exceptions of a document, as `cause` has them. */
export function exceptionsIn(document: Json): Json[] {
  return listOf(objectOf(document['cause'])['exceptions']).map(objectOf)
}

/** The exceptions of a segment, and the other segments of the trace that have one. */
export function ExceptionsTab({ trace, segment }: { trace: Trace; segment: Segment }) {
  const exceptions = exceptionsIn(segment.document)
  const others = [...trace.segments.values()].filter((other) => other !== segment && exceptionsOf(other).length > 0)
  return (
    <>
      {exceptions.map((exception, i) => {
        const cause = exceptions.find(({ id }) => id !== undefined && id === exception['cause'])
        return (
          <article key={textOf(exception['id']) ?? i} class='exception'>
            <h2 class='st fault'>
              <Icon name='fault' />
              {textOf(exception['type']) ?? 'Exception'}
            </h2>
            <p>{textOf(exception['message'])}</p>
            <StackTrace exception={exception} />
            {cause !== undefined && <p class='mute'>caused by {textOf(cause['type'])}</p>}
          </article>
        )
      })}
      {others.length > 0 && <OtherSegments segments={others.slice(0, MAX_OTHERS)} />}
    </>
  )
}

function OtherSegments({ segments }: { segments: readonly Segment[] }) {
  return (
    <>
      <h3>Also in this trace</h3>
      <table class='mini'>
        <tbody>
          {segments.map((segment) => (
            <tr key={segment.id}>
              <td>
                <a href={`?span=${segment.id}`}>{segment.name}</a>
              </td>
              <td class='mono'>{exceptionsOf(segment)[0]?.name}</td>
              <td class='num'>
                <StateMark state={outcomeOfDocument(segment.document)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
