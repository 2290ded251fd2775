import type { Segment, Trace } from '../trace/assemble-trace.ts'
import { durationOf } from '../trace/index-trace.ts'
import { formatSeconds } from '../trace/format-seconds.ts'
import { objectOf, textOf } from '../bytes/json.ts'
import { Icon } from './outcome.tsx'

/** Words that begin a line of a statement. */
const LINES =
  /\s+(?=(?:FROM|WHERE|GROUP BY|ORDER BY|HAVING|LIMIT|OFFSET|VALUES|SET|RETURNING|ON CONFLICT|UNION(?: ALL)?|(?:LEFT |RIGHT |INNER |FULL |CROSS )?(?:OUTER )?JOIN)\b)/gi
const WORDS =
  /\b(SELECT|INSERT|INTO|UPDATE|DELETE|FROM|WHERE|GROUP|ORDER|BY|HAVING|LIMIT|OFFSET|VALUES|SET|RETURNING|ON|CONFLICT|UNION|ALL|LEFT|RIGHT|INNER|FULL|CROSS|OUTER|JOIN|AND|OR|NOT|NULL|IS|IN|AS|DISTINCT|WITH|CASE|WHEN|THEN|ELSE|END|LIKE|BETWEEN|EXISTS)\b/gi

/** A statement, and how often it was run in this trace. */
export function SqlTab({ trace, segment }: { trace: Trace; segment: Segment }) {
  const { sanitized_query: query, ...rest } = objectOf(segment.document['sql'])
  const statement = textOf(query)
  const same = [...trace.segments.values()].filter((one) =>
    statement !== undefined && objectOf(one.document['sql'])['sanitized_query'] === statement
  )
  const time = same.reduce((sum, one) => sum + durationOf(one), 0)
  return (
    <>
      {statement !== undefined && (
        <>
          <div class='row'>
            <h3 class='grow'>Statement</h3>
            <button type='button' class='btn bare' onClick={() => void navigator.clipboard.writeText(statement)}>
              <Icon name='copy' />Copy
            </button>
          </div>
          <pre class='box'>{coloured(statement.replace(LINES, '\n'))}</pre>
          <p class='mute'>
            {same.length === 1
              ? `Once in this trace, ${formatSeconds(time)}`
              : `${same.length} times in this trace, ${formatSeconds(time)} in all, ${
                formatSeconds(time / same.length)
              } each`}
          </p>
        </>
      )}
      <h3>Database</h3>
      <dl class='kv'>
        {Object.entries(rest).map(([name, value]) => [
          <dt key={name}>{name.replaceAll('_', ' ')}</dt>,
          <dd key={`${name} value`}>{String(value)}</dd>,
        ])}
      </dl>
    </>
  )
}

function coloured(text: string): preact.ComponentChildren[] {
  return text.split(WORDS).map((part, i) => (i % 2 === 1 ? <span key={i} class='k'>{part}</span> : part))
}
