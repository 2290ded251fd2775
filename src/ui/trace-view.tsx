import { formatSeconds } from '../local/format-seconds.ts'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { assembleTrace, type Segment, type Trace } from '../local/assemble-trace.ts'
import { causesOf, exceptionsOf } from '../local/causes-of.ts'
import { durationOf } from '../local/facts-of-trace.ts'
import { objectOf, textOf } from '../local/json.ts'
import { callApi } from './api.ts'
import { formatClock } from './format.ts'
import { Icon, type State, StateMark } from './outcome.tsx'
import { change, type Place } from './page-location.ts'
import { SegmentDetail } from './segment-detail.tsx'
import { useWindow } from './use-window.ts'

interface Answer {
  readonly Traces: readonly { readonly Segments: readonly { readonly Document: string }[] }[]
}

/** One trace: what is in it, when it was, and why it failed. */
export function TraceView({ id, place, onProblem }: { id: string; place: Place; onProblem: (text: string) => void }) {
  const [trace, setTrace] = useState<Trace | 'none' | undefined>(undefined)
  const [problem, setProblem] = useState('')
  useEffect(() => {
    let isOver = false
    callApi<Answer>('/Traces', { TraceIds: [id] }).then(
      ({ Traces: [found] }) =>
        !isOver &&
        setTrace(found === undefined ? 'none' : assembleTrace(id, found.Segments.map(({ Document }) => Document))),
      (error: Error) => !isOver && setProblem(error.message),
    )
    return () => {
      isOver = true
    }
  }, [id])
  onProblem(problem)
  if (trace === 'none') return <p class='empty'>There is no trace {id}. It may be too old, or not have come yet.</p>
  if (trace === undefined) return null
  return <Shown trace={trace} place={place} />
}

/** The state of a segment. */
export function stateOfSegment({ document, end }: Segment): State {
  if (document['fault'] === true) return 'fault'
  if (document['throttle'] === true) return 'throttle'
  if (document['error'] === true) return 'error'
  return end === undefined ? 'prog' : 'ok'
}

function Shown({ trace, place }: { trace: Trace; place: Place }) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const { start, whole, culprit } = useMemo(() => measure(trace), [trace])
  const chosen = trace.segments.get(place.query.get('span') ?? '') ?? culprit ?? trace.roots[0]
  const rows = useMemo(() => rowsOf(trace, folded), [trace, folded])
  const seen = useWindow(rows.length)
  const at = rows.findIndex(({ segment }) => segment === chosen)
  useEffect(() => seen.show(at), [chosen])
  const fold = (id: string, is: boolean): void =>
    setFolded((old) => new Set(is ? [...old, id] : [...old].filter((other) => other !== id)))
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      change({ span: rows[at + step]?.segment.id ?? chosen?.id })
    } else if (chosen !== undefined && event.key === 'ArrowLeft') fold(chosen.id, true)
    else if (chosen !== undefined && event.key === 'ArrowRight') fold(chosen.id, false)
  }
  return (
    <div class='trace'>
      <Head trace={trace} start={start} whole={whole} culprit={culprit} />
      <div class='wcol'>
        <div
          class='wf'
          role='tree'
          aria-label='Timeline'
          tabIndex={0}
          onKeyDown={move}
          ref={seen.ref}
          onScroll={seen.onScroll}
        >
          <div class='whead'>
            <span style='padding-left:16px'>Segment</span>
            <Ticks whole={whole} />
          </div>
          <div style={{ height: `${seen.before}px` }} />
          {rows.slice(seen.first, seen.end).map(({ segment, depth }) => (
            <Row
              key={segment.id}
              segment={segment}
              depth={depth}
              start={start}
              whole={whole}
              isChosen={segment === chosen}
              isFolded={folded.has(segment.id)}
              onFold={(is) => fold(segment.id, is)}
            />
          ))}
          <div style={{ height: `${seen.behind}px` }} />
        </div>
      </div>
      {chosen !== undefined && (
        <SegmentDetail key={chosen.id} segment={chosen} whole={whole} start={start} tab={place.query.get('tab')} />
      )}
    </div>
  )
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

/** The rows of the timeline, from top to bottom. */
function rowsOf({ roots }: Trace, folded: ReadonlySet<string>): { segment: Segment; depth: number }[] {
  const rows: { segment: Segment; depth: number }[] = []
  const add = (segment: Segment, depth: number): void => {
    rows.push({ segment, depth })
    if (!folded.has(segment.id)) { for (const child of segment.children) add(child, depth + 1) }
  }
  for (const root of roots) add(root, 0)
  return rows
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

function Head(
  { trace, start, whole, culprit }: { trace: Trace; start: number; whole: number; culprit: Segment | undefined },
) {
  const [root] = trace.roots
  const request = objectOf(objectOf(root?.document['http'])['request'])
  const title = [textOf(request['method']), textOf(request['url'])].filter((part) => part !== undefined).join(' ') ||
    root?.name
  const [exception] = culprit === undefined ? [] : exceptionsOf(culprit)
  const download = (): void => {
    const text = JSON.stringify(
      [...trace.segments.values()].filter(({ document }) => 'trace_id' in document).map(({ document }) => document),
      undefined,
      2,
    )
    const link = Object.assign(document.createElement('a'), {
      href: URL.createObjectURL(new Blob([text])),
      download: `${trace.id}.json`,
    })
    link.click()
    URL.revokeObjectURL(link.href)
  }
  return (
    <header class='thead'>
      <div class='row'>
        <h2 class='cut'>{title}</h2>
        {root !== undefined && <StateMark state={stateOfSegment(root)} />}
        <span class='grow' />
        <button type='button' class='btn' onClick={download}>
          <Icon name='dl' />Download
        </button>
      </div>
      <div class='meta'>
        <span>
          <b>{root?.name}</b>
        </span>
        <span>
          <b>{formatSeconds(whole)}</b>
        </span>
        <span>{formatClock(start)}</span>
        <span>{trace.segments.size} segments</span>
        <button
          type='button'
          class='btn bare mono'
          title='Copy'
          onClick={() => void navigator.clipboard.writeText(trace.id)}
        >
          {trace.id}
          <Icon name='copy' />
        </button>
      </div>
      {culprit !== undefined && (
        <div class='why'>
          <Icon name={stateOfSegment(culprit)} />
          <span>
            Starts at <b>{culprit.name}</b>
            {exception === undefined ? '' : `: ${exception.name} ${exception.message}`}
          </span>
          <a href={`?span=${culprit.id}`}>Show</a>
        </div>
      )}
    </header>
  )
}

function Ticks({ whole }: { whole: number }) {
  const step =
    [1, 2, 5].map((one) => one * 10 ** Math.floor(Math.log10(whole / 4))).find((size) => whole / size <= 6) ?? whole / 2
  const ticks = Array.from({ length: Math.floor(whole / step) + 1 }, (_, i) => i * step)
  return (
    <span class='wt'>
      {ticks.map((at) => (
        <span key={at} class='tick' style={{ left: `${(at / whole) * 100}%` }}>
          {at === 0 ? '0' : formatSeconds(at)}
        </span>
      ))}
    </span>
  )
}

function Row({ segment, depth, start, whole, isChosen, isFolded, onFold }: {
  segment: Segment
  depth: number
  start: number
  whole: number
  isChosen: boolean
  isFolded: boolean
  onFold: (is: boolean) => void
}) {
  const state = stateOfSegment(segment)
  const left = ((segment.start - start) / whole) * 100
  const width = Math.max(
    0.2,
    (segment.end === undefined ? whole - (segment.start - start) : durationOf(segment)) / whole * 100,
  )
  const hasChildren = segment.children.length > 0
  return (
    <div
      class={`wr ${segment.isSubsegment ? '' : 'seg'}`}
      role='treeitem'
      aria-level={depth + 1}
      aria-selected={isChosen}
      {...(hasChildren ? { 'aria-expanded': !isFolded } : {})}
      onClick={() => change({ span: segment.id })}
    >
      <span class='wn' style={{ paddingLeft: `${14 + depth * 18}px` }}>
        <button
          type='button'
          class='tw btn bare'
          style={{ visibility: hasChildren ? 'visible' : 'hidden', padding: 0 }}
          tabIndex={-1}
          aria-label={isFolded ? 'Unfold' : 'Fold'}
          onClick={() => onFold(!isFolded)}
        >
          <Icon name={isFolded ? 'right' : 'down'} />
        </button>
        {segment.isSubsegment ? <span class='cut'>{segment.name}</span> : <strong class='cut'>{segment.name}</strong>}
        {state !== 'ok' && <StateMark state={state} />}
        {segment.parent === undefined && segment.parentId !== undefined && (
          <span class='quiet'>parent not received</span>
        )}
      </span>
      <span class='wt'>
        <span class={`b ${state === 'ok' ? '' : state}`} style={{ left: `${left}%`, width: `${width}%` }} />
        <span class='l' style={{ left: `${Math.min(100, left + width)}%` }}>
          {segment.end === undefined ? 'in progress' : formatSeconds(durationOf(segment))}
        </span>
      </span>
    </div>
  )
}
