import { useEffect, useState } from 'preact/hooks'
import type { PageSpan } from '../../trace/api/page-answers.ts'
import type { Segment, Trace } from '../../trace/assemble-trace.ts'
import type { RuleTarget, SpanRule } from '../../trace/span-rule.ts'
import { readAgent } from '../api.ts'
import { CopyButton } from '../kit/copy-button.tsx'
import './raw-tab.css'
import './syntax.css'

/** Characters of a value in the table; the whole one is below it. */
const MAX_VALUE = 300

/** The document as it goes to X-Ray next to the OTLP span that it was, line by line. */
export function RawTab({ trace, segment }: { trace: Trace; segment: Segment }) {
  const [source, setSource] = useState<PageSpan | undefined>(undefined)
  useEffect(() => {
    readAgent<PageSpan>(`/page/span/${trace.id}/${segment.id}`).then(setSource, () => {})
  }, [trace.id, segment.id])
  const text = JSON.stringify(segment.document, undefined, 2)
  const size = new TextEncoder().encode(JSON.stringify(segment.document)).length
  // Counts of what an SDK left out are mostly zero, and say nothing then.
  const rules = source?.rules.filter(({ value }) => value !== 0) ?? []
  return (
    <>
      <div class='row rawhead'>
        <span class='mute grow'>
          {(size / 1024).toFixed(1)} of 64 KB{source?.span === null ? '. Came as X-Ray, passed byte for byte' : ''}
        </span>
        <CopyButton text={text} isBare />
      </div>
      {rules.length > 0 && <Rules rules={rules} />}
      <details class='whole' open={rules.length === 0}>
        <summary>The whole document</summary>
        <pre class='box'>{text}</pre>
      </details>
      {source !== undefined && source.span !== null && (
        <details class='whole'>
          <summary>The whole span</summary>
          <pre class='box'>{JSON.stringify(source.span, undefined, 2)}</pre>
        </details>
      )}
    </>
  )
}

/** The parts of the span on the left, what became of them in the middle, and the parts of the document on the right. */
function Rules({ rules }: { rules: readonly SpanRule[] }) {
  const [marked, setMarked] = useState(-1)
  return (
    <div class='raw'>
      <div class='h'>OTLP span, as it came</div>
      <div class='h r'>Rule</div>
      <div class='h'>X-Ray segment, as it goes</div>
      {rules.map(({ from, value, rule, to }, i) => {
        const handlers = { onMouseEnter: () => setMarked(i), onMouseLeave: () => setMarked(-1) }
        const mark = i === marked ? 'hit' : ''
        const look = rule === 'dropped' || rule === 'cut' ? 'drop' : rule === 'made' ? 'made' : ''
        return [
          <div key={`${i} a`} class={mark} {...handlers}>
            {from === '' ? <span class='quiet'>nothing</span> : <Line path={from} value={value} />}
          </div>,
          <div key={`${i} r`} class={`r ${look} ${mark}`} {...handlers}>{rule}</div>,
          <div key={`${i} b`} class={mark} {...handlers}>
            {to.length === 0
              ? <span class='quiet'>X-Ray has no place for it here</span>
              : to.map((target) => <Line key={target.path} {...target} />)}
          </div>,
        ]
      })}
    </div>
  )
}

function Line({ path, value, alsoFrom = [] }: RuleTarget) {
  const text = JSON.stringify(value) ?? ''
  const kind = typeof value === 'string' ? 's' : typeof value === 'number' || typeof value === 'boolean' ? 'nb' : ''
  return (
    <div>
      <span class='k'>{path}</span>
      {': '}
      <span class={kind}>{text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text}</span>
      {alsoFrom.length > 0 && <span class='quiet'>, also from {alsoFrom.join(', ')}</span>}
    </div>
  )
}
