import type { ComponentChildren } from 'preact'
import type { Segment, Trace } from '../../trace/assemble-trace.ts'
import { formatSeconds } from '../../trace/format-seconds.ts'
import { durationOf } from '../../trace/index-trace.ts'
import { objectOf, textOf } from '../../bytes/json.ts'
import { CopyButton } from '../kit/copy-button.tsx'
import { KeyValues } from '../kit/key-values.tsx'
import { shownText } from '../kit/shown-text.ts'
import './syntax.css'

/** What separates a statement's lines: space before these words. */
const LINE_BREAKS =
  /\s+(?=(?:FROM|WHERE|GROUP BY|ORDER BY|HAVING|LIMIT|OFFSET|VALUES|SET|RETURNING|ON CONFLICT|UNION(?: ALL)?|(?:LEFT |RIGHT |INNER |FULL |CROSS )?(?:OUTER )?JOIN)\b)/gi
const KEYWORDS =
  /\b(SELECT|INSERT|INTO|UPDATE|DELETE|FROM|WHERE|GROUP|ORDER|BY|HAVING|LIMIT|OFFSET|VALUES|SET|RETURNING|ON|CONFLICT|UNION|ALL|LEFT|RIGHT|INNER|FULL|CROSS|OUTER|JOIN|AND|OR|NOT|NULL|IS|IN|AS|DISTINCT|WITH|CASE|WHEN|THEN|ELSE|END|LIKE|BETWEEN|EXISTS)\b/gi

/** The statement of a database call, how often the trace has it, and the database. */
export function SqlTab({ trace, segment }: { trace: Trace; segment: Segment }) {
  const { sanitized_query: query, ...database } = objectOf(segment.document['sql'])
  const statement = textOf(query)
  return (
    <>
      {statement !== undefined && <Statement statement={statement} trace={trace} />}
      <h3>Database</h3>
      <KeyValues
        rows={Object.entries(database).map(([name, value]) => [name.replaceAll('_', ' '), shownText(value)] as const)}
      />
    </>
  )
}

function Statement({ statement, trace }: { statement: string; trace: Trace }) {
  const calls = [...trace.segments.values()].filter(({ document }) =>
    objectOf(document['sql'])['sanitized_query'] === statement
  )
  const time = calls.reduce((sum, call) => sum + durationOf(call), 0)
  return (
    <>
      <div class='row'>
        <h3 class='grow'>Statement</h3>
        <CopyButton text={statement} isBare />
      </div>
      <pre class='box'>{coloured(statement.replace(LINE_BREAKS, '\n'))}</pre>
      <p class='mute'>
        {calls.length === 1
          ? `Once in this trace, ${formatSeconds(time)}`
          : `${calls.length} times in this trace, ${formatSeconds(time)} in all, ${
            formatSeconds(time / calls.length)
          } each`}
      </p>
    </>
  )
}

function coloured(statement: string): ComponentChildren[] {
  return statement.split(KEYWORDS).map((part, i) => (i % 2 === 1 ? <span key={i} class='k'>{part}</span> : part))
}
