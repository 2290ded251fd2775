import { useEffect, useState } from 'preact/hooks'
import type { Segment, Trace } from '../trace/assemble-trace.ts'
import type { PageSpan } from '../trace/api/page-answers.ts'
import { readAgent } from './api.ts'
import { Icon } from './outcome.tsx'

/** The document as it goes to X-Ray, beside the span that it was, line by line. */
export function RawTab({ trace, segment }: { trace: Trace; segment: Segment }) {
  const [origin, setOrigin] = useState<PageSpan | undefined>(undefined)
  const [hit, setHit] = useState(-1)
  useEffect(() => {
    readAgent<PageSpan>(`/page/span/${trace.id}/${segment.id}`).then(setOrigin, () => {})
  }, [trace.id, segment.id])
  const text = JSON.stringify(segment.document, undefined, 2)
  const size = new TextEncoder().encode(JSON.stringify(segment.document)).length
  // Counts of what an SDK left out are mostly zero, and say nothing then.
  const rules = origin?.rules.filter(({ value }) => value !== 0) ?? []
  return (
    <>
      <div class='row rawhead'>
        <span class='mute grow'>
          {(size / 1024).toFixed(1)} of 64 KB{origin?.span === null ? '. Came as X-Ray, passed byte for byte' : ''}
        </span>
        <button type='button' class='btn bare' onClick={() => void navigator.clipboard.writeText(text)}>
          <Icon name='copy' />Copy
        </button>
      </div>
      {rules.length > 0 && (
        <div class='raw'>
          <div class='h'>OTLP span, as it came</div>
          <div class='h r'>Rule</div>
          <div class='h'>X-Ray segment, as it goes</div>
          {rules.map(({ from, value, rule, to }, i) => {
            const cell = { onMouseEnter: () => setHit(i), onMouseLeave: () => setHit(-1) }
            const own = i === hit ? 'hit' : ''
            const look = rule === 'dropped' || rule === 'cut' ? 'drop' : rule === 'made' ? 'made' : ''
            return [
              <div key={`${i} a`} class={own} {...cell}>
                {from === '' ? <span class='quiet'>nothing</span> : <Line path={from} value={value} />}
              </div>,
              <div key={`${i} r`} class={`r ${look} ${own}`} {...cell}>{rule}</div>,
              <div key={`${i} b`} class={own} {...cell}>
                {to.length === 0
                  ? <span class='quiet'>X-Ray has no place for it here</span>
                  : to.map((target) => <Line key={target.path} path={target.path} value={target.value} />)}
              </div>,
            ]
          })}
        </div>
      )}
      <details class='whole' open={rules.length === 0}>
        <summary>The whole document</summary>
        <pre class='box'>{text}</pre>
      </details>
      {origin !== undefined && origin.span !== null && (
        <details class='whole'>
          <summary>The whole span</summary>
          <pre class='box'>{JSON.stringify(origin.span, undefined, 2)}</pre>
        </details>
      )}
    </>
  )
}

/** Longer values are cut for the eye; they stand whole below. */
const MOST = 300

function Line({ path, value }: { path: string; value: unknown }) {
  const text = JSON.stringify(value) ?? ''
  const kind = typeof value === 'string' ? 's' : typeof value === 'number' || typeof value === 'boolean' ? 'nb' : ''
  return (
    <div>
      <span class='k'>{path}</span>: <span class={kind}>{text.length > MOST ? `${text.slice(0, MOST)}…` : text}</span>
    </div>
  )
}
