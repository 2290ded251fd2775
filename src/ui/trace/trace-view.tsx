import { useEffect, useMemo, useState } from 'preact/hooks'
import { assembleTrace, type Segment, type Trace } from '../../trace/assemble-trace.ts'
import { causesOf } from '../../trace/causes-of.ts'
import { callApi } from '../api.ts'
import { usePolled } from '../hooks/use-polled.ts'
import { useProblem } from '../hooks/use-problem.ts'
import { EmptyNote } from '../kit/empty-note.tsx'
import { Loading } from '../kit/loading.tsx'
import type { Route } from '../route.ts'
import { SegmentDetail } from './segment-detail.tsx'
import type { TimeWindow } from './time-window.ts'
import { TraceHead } from './trace-head.tsx'
import { TraceMap } from './trace-map.tsx'
import './trace-view.css'
import { Waterfall } from './waterfall.tsx'

/** Segments of a trace come for about this long after its end, in seconds. */
const LATE_SECONDS = 60

interface Answer {
  readonly Traces: readonly { readonly Segments: readonly { readonly Document: string }[] }[]
}

/** One trace: its segments, when each was, and why it failed. @param id in X-Ray's form */
export function TraceView({ id, route, isLive }: { id: string; route: Route; isLive: boolean }) {
  // A trace that is complete, and over for a while, is not read again.
  const [isOver, setOver] = useState(false)
  const { data, problem } = usePolled<readonly string[] | 'none'>(
    `trace ${id}`,
    isLive && !isOver,
    async (signal) => {
      const { Traces: [found] } = await callApi<Answer>('/Traces', { TraceIds: [id] }, signal)
      return found === undefined ? 'none' : found.Segments.map(({ Document }) => Document)
    },
    { minIntervalMs: 2000 },
  )
  useProblem(problem)
  // An answer with the same documents is the same trace: nothing moves under the reader.
  const text = data === undefined || data === 'none' ? '' : data.join('\n')
  const trace = useMemo(
    () => data === undefined || data === 'none' ? undefined : assembleTrace(id, data),
    [text, data === 'none'],
  )
  useEffect(() => setOver(trace !== undefined && isLongOver(trace)))
  if (data === 'none') {
    return (
      <EmptyNote>
        There is no trace {id}. It may be too old, or not have come yet. <a href='/traces'>Look at the list</a>
      </EmptyNote>
    )
  }
  if (trace === undefined) return <Loading />
  if (trace.segments.size === 0) return <EmptyNote>No segment of the trace {id} can be read</EmptyNote>
  return <AssembledTrace trace={trace} query={route.query} />
}

function AssembledTrace({ trace, query }: { trace: Trace; query: URLSearchParams }) {
  const [marked, setMarked] = useState<string | undefined>(undefined)
  const { start, duration, culprit } = useMemo(() => measure(trace), [trace])
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
      <TraceHead {...{ trace, start, duration, culprit }} />
      <div class='wside'>
        <TraceMap id={trace.id} segmentCount={trace.segments.size} onMark={setMarked} />
        <Waterfall {...{ trace, start, duration, chosen, marked }} zoom={zoomOf(query.get('zoom'), duration)} />
      </div>
      {chosen !== undefined && <SegmentDetail key={chosen.id} {...{ trace, start, duration, tab }} segment={chosen} />}
    </div>
  )
}

function isLongOver({ segments }: Trace): boolean {
  const before = Date.now() / 1000 - LATE_SECONDS
  return [...segments.values()].every(({ end }) => end !== undefined && end < before)
}

/** When a trace began in Unix seconds, how long it took in seconds, and the segment that its failure begins at. */
function measure(trace: Trace): { start: number; duration: number; culprit: Segment | undefined } {
  let [start, end] = [Infinity, -Infinity]
  for (const segment of trace.segments.values()) {
    start = Math.min(start, segment.start)
    end = Math.max(end, segment.end ?? segment.start)
  }
  return { start, duration: Math.max(1e-6, end - start), culprit: firstCause(trace) }
}

/** The time window that the URL names, such as `0.1-0.25` in seconds. */
function zoomOf(text: string | null, duration: number): TimeWindow | undefined {
  const [from = NaN, to = NaN] = (text ?? '').split('-').map(Number)
  return from >= 0 && to > from && from < duration ? { from, to: Math.min(to, duration) } : undefined
}

/** The deepest segment that a fault leads to, or an error if there is no fault. */
function firstCause(trace: Trace): Segment | undefined {
  const causes = causesOf(trace)
  const flag = causes.fault.length > 0 ? 'fault' : causes.error.length > 0 ? 'error' : undefined
  if (flag === undefined) return undefined
  const has = (segment: Segment): boolean => segment.document[flag] === true
  let found = [...trace.segments.values()].find(has)
  for (let next = found; next !== undefined; next = next.children.find(has)) found = next
  return found
}
