import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { assembleTrace, type Segment, type Trace } from '../trace/assemble-trace.ts'
import { causesOf } from '../trace/causes-of.ts'
import { callApi } from './api.ts'
import type { Place } from './page-location.ts'
import { SegmentDetail } from './segment-detail.tsx'
import { TraceHead } from './trace-head.tsx'
import { TraceMap } from './trace-map.tsx'
import { usePolled } from './use-polled.ts'
import { type Span, Waterfall } from './waterfall.tsx'

interface Answer {
  readonly Traces: readonly { readonly Segments: readonly { readonly Document: string }[] }[]
}

/** One trace: what is in it, when it was, and why it failed. */
export function TraceView(
  { id, place, isLive, onProblem }: {
    id: string
    place: Place
    isLive: boolean
    onProblem: (text: string) => void
  },
) {
  // A trace that is whole, and over for a while, is not read again.
  const isOver = useRef(false)
  const { data, problem } = usePolled<readonly string[] | 'none'>(
    `trace ${id}`,
    isLive && !isOver.current,
    async (signal) => {
      const { Traces: [found] } = await callApi<Answer>('/Traces', { TraceIds: [id] }, signal)
      return found === undefined ? 'none' : found.Segments.map(({ Document }) => Document)
    },
    { leastMs: 2000 },
  )
  onProblem(problem)
  // What came again is the same trace as long as nothing was added to it: nothing moves under the reader.
  const text = data === undefined || data === 'none' ? '' : data.join('\n')
  const trace = useMemo(
    () => data === undefined || data === 'none' ? undefined : assembleTrace(id, data),
    [text, data === 'none'],
  )
  if (data === 'none') {
    return (
      <p class='empty'>
        There is no trace {id}. It may be too old, or not have come yet. <a href='/traces'>Look at the list</a>
      </p>
    )
  }
  isOver.current = trace !== undefined && isLongOver(trace)
  if (trace === undefined) return <div class='wait' aria-hidden='true' />
  return <Shown trace={trace} place={place} />
}

function Shown({ trace, place }: { trace: Trace; place: Place }) {
  const [marked, setMarked] = useState<string | undefined>(undefined)
  const { start, whole, culprit } = useMemo(() => measure(trace), [trace])
  const { query } = place
  const chosen = trace.segments.get(query.get('span') ?? '') ?? culprit ?? trace.roots[0]
  const tab = query.get('tab')
  useEffect(() => {
    document.title = `${trace.roots[0]?.name ?? 'Trace'} · Röntgen`
    return () => {
      document.title = 'Röntgen'
    }
  }, [trace])
  return (
    <div class={`trace ${tab === 'raw' ? 'wide' : ''}`}>
      <TraceHead {...{ trace, start, whole, culprit }} />
      <div class='wside'>
        <TraceMap id={trace.id} segments={trace.segments.size} onMark={setMarked} />
        <Waterfall {...{ trace, start, whole, chosen, marked }} zoom={zoomOf(query.get('zoom'), whole)} />
      </div>
      {chosen !== undefined && <SegmentDetail key={chosen.id} {...{ trace, start, whole, tab }} segment={chosen} />}
    </div>
  )
}

/** Parts of a trace come for about this long after its end, in seconds. */
const LATE = 60

function isLongOver({ segments }: Trace): boolean {
  const before = Date.now() / 1000 - LATE
  return [...segments.values()].every(({ end }) => end !== undefined && end < before)
}

/** When a trace was, in Unix seconds and seconds, and what went wrong first. */
function measure(trace: Trace): { start: number; whole: number; culprit: Segment | undefined } {
  let [start, end] = [Infinity, -Infinity]
  for (const segment of trace.segments.values()) {
    start = Math.min(start, segment.start)
    end = Math.max(end, segment.end ?? segment.start)
  }
  return { start, whole: Math.max(1e-6, end - start), culprit: firstCause(trace) }
}

/** The part of the time that the URL asks for, `0.1-0.25` in seconds. */
function zoomOf(text: string | null, whole: number): Span | undefined {
  const [from = NaN, to = NaN] = (text ?? '').split('-').map(Number)
  return from >= 0 && to > from && from < whole ? { from, to: Math.min(to, whole) } : undefined
}

/** The deepest segment that a fault, or else an error, leads to. */
function firstCause(trace: Trace): Segment | undefined {
  const causes = causesOf(trace)
  const flag = causes.fault.length > 0 ? 'fault' : causes.error.length > 0 ? 'error' : undefined
  if (flag === undefined) return undefined
  const has = (segment: Segment): boolean => segment.document[flag] === true
  let found = [...trace.segments.values()].find(has)
  for (let next = found; next !== undefined; next = next.children.find(has)) found = next
  return found
}
