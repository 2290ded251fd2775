import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Segment, Trace } from '../trace/assemble-trace.ts'
import { durationOf } from '../trace/index-trace.ts'
import { formatSeconds } from '../trace/format-seconds.ts'
import { objectOf, textOf } from '../bytes/json.ts'
import { calledService, serviceOf } from '../trace/service-of.ts'
import { checkDocument } from '../trace/check-document.ts'
import { iconOf } from './map-node.tsx'
import { Icon, StateMark } from './outcome.tsx'
import { change } from './page-location.ts'
import { useKeys } from './use-keys.ts'
import { useWindow } from './use-window.ts'
import {
  clockShifts,
  criticalPath,
  type Folds,
  type Interval,
  operationOf,
  rowsOf,
  stateOfSegment,
  type WaterfallRow,
} from './waterfall-rows.ts'

/** The part of a trace's time that is seen, in seconds from its start. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** The timeline of a trace, with what belongs to it. */
export function Waterfall({ trace, start, whole, chosen, marked, zoom }: {
  trace: Trace
  /** Unix seconds. */
  start: number
  /** Seconds. */
  whole: number
  chosen: Segment | undefined
  /** The service whose rows are marked. */
  marked: string | undefined
  zoom: Span | undefined
}) {
  const [folds, setFolds] = useState<Folds>({ folded: new Set(), apart: new Set() })
  const [find, setFind] = useState('')
  const [isCritical, setCritical] = useState(true)
  const rows = useMemo(() => rowsOf(trace, folds), [trace, folds])
  const shifts = useMemo(() => clockShifts(trace), [trace])
  const critical = useMemo(() => criticalPath(trace), [trace])
  const seen = useWindow(rows.length)
  const at = rows.findIndex(({ alike }) => chosen !== undefined && alike.includes(chosen))
  useEffect(() => seen.show(at), [chosen])
  const fold = (id: string, is: boolean): void =>
    setFolds((old) => ({ ...old, folded: is ? new Set([...old.folded, id]) : without(old.folded, id) }))
  const spread = (id: string): void => setFolds((old) => ({ ...old, apart: new Set([...old.apart, id]) }))
  const goTo = (row: WaterfallRow | undefined): void => change({ span: row?.segment.id ?? chosen?.id, tab: undefined })
  const next = (step: 1 | -1, isWanted: (row: WaterfallRow) => boolean): void => {
    const order = step === 1
      ? [...rows.slice(at + 1), ...rows.slice(0, at)]
      : [...rows.slice(0, at).reverse(), ...rows.slice(at + 1).reverse()]
    const found = order.find(isWanted)
    if (found !== undefined) goTo(found)
  }
  const nextError = (step: 1 | -1): void =>
    next(step, ({ segment }) => ['fault', 'error', 'throttle'].includes(stateOfSegment(segment)))
  const isFound = ({ segment }: WaterfallRow): boolean =>
    find !== '' && `${segment.name} ${operationOf(segment)}`.toLowerCase().includes(find.toLowerCase())
  const foldAll = (is: boolean): void =>
    setFolds((old) => ({
      ...old,
      folded: is
        ? new Set(
          [...trace.segments.values()].filter(({ children, parent }) => children.length > 0 && parent !== undefined)
            .map(({ id }) => id),
        )
        : new Set(),
    }))
  const pressed = (event: KeyboardEvent): void => {
    const row = rows[at]
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      goTo(rows[at + step])
    } else if (event.key === 'ArrowLeft') {
      event.shiftKey ? foldAll(true) : row !== undefined && fold(row.segment.id, true)
    } else if (event.key === 'ArrowRight') {
      if (event.shiftKey) foldAll(false)
      else if (row !== undefined && row.alike.length > 1) spread(row.segment.id)
      else if (row !== undefined) fold(row.segment.id, false)
    }
  }
  useKeys(({ key }) => {
    if (key === 'e') nextError(1)
    else if (key === 'E') nextError(-1)
    else if (key === 'p') setCritical(!isCritical)
  })
  const view = zoom ?? { from: 0, to: whole }
  return (
    <div class='wcol'>
      <div class='wtool'>
        <label class='field grow'>
          <Icon name='find' />
          <input
            placeholder='Find in this trace'
            aria-label='Find in this trace'
            value={find}
            onInput={(event) => setFind(event.currentTarget.value)}
            onKeyDown={(event) => {
              event.stopPropagation()
              if (event.key === 'Enter') next(event.shiftKey ? -1 : 1, isFound)
            }}
          />
          {find !== '' && <span class='quiet'>{rows.filter(isFound).length}</span>}
        </label>
        <button type='button' class='btn only-w' aria-pressed={isCritical} onClick={() => setCritical(!isCritical)}>
          Critical path
        </button>
        <button type='button' class='btn only-w' onClick={() => foldAll(folds.folded.size === 0)}>
          {folds.folded.size === 0 ? 'Fold all' : 'Unfold all'}
        </button>
        <button type='button' class='btn' title='E' onClick={() => nextError(1)}>Next error</button>
      </div>
      <div
        class='wf'
        role='tree'
        aria-label='Timeline'
        tabIndex={0}
        onKeyDown={pressed}
        ref={seen.ref}
        onScroll={seen.onScroll}
      >
        <Axis view={view} isZoomed={zoom !== undefined} />
        <div style={{ height: `${seen.before}px` }} />
        {rows.slice(seen.first, seen.end).map((row) => (
          <Row
            key={row.segment.id}
            row={row}
            start={start}
            view={view}
            shift={shifts.get(row.segment.id) ?? 0}
            critical={isCritical ? critical.get(row.segment.id) ?? [] : []}
            isChosen={chosen !== undefined && row.alike.includes(chosen)}
            isFolded={folds.folded.has(row.segment.id)}
            isMarked={isFound(row) || (marked !== undefined && serviceName(row.segment) === marked)}
            onFold={(is) => row.alike.length > 1 ? spread(row.segment.id) : fold(row.segment.id, is)}
          />
        ))}
        <div style={{ height: `${seen.behind}px` }} />
      </div>
    </div>
  )
}

function without(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  return new Set([...set].filter((other) => other !== id))
}

/** The service that a segment is of, or calls. */
function serviceName(segment: Segment): string {
  return (calledService(segment) ?? serviceOf(segment)).name
}

/** Round ticks. To drag over it zooms, a double click shows all again. */
function Axis({ view, isZoomed }: { view: Span; isZoomed: boolean }) {
  const [drag, setDrag] = useState<readonly [number, number] | undefined>(undefined)
  const element = useRef<HTMLSpanElement>(null)
  const size = view.to - view.from
  const steps = [1, 2, 5, 10].map((one) => one * 10 ** Math.floor(Math.log10(size / 6)))
  const step = steps.find((one) => size / one <= 6) ?? size / 2
  const first = Math.ceil(view.from / step - 1e-9) * step
  const ticks = Array.from({ length: Math.floor((view.to - first) / step + 1e-9) + 1 }, (_, i) => first + i * step)
  const placeOf = (event: PointerEvent): number => {
    const box = element.current?.getBoundingClientRect()
    return box === undefined ? 0 : Math.min(1, Math.max(0, (event.clientX - box.left) / box.width))
  }
  const end = (): void => {
    setDrag(undefined)
    if (drag === undefined) return
    const [from, to] = [Math.min(...drag), Math.max(...drag)].map((share) => view.from + share * size)
    if (from === undefined || to === undefined || to - from < size / 100) return
    change({ zoom: `${from.toPrecision(6)}-${to.toPrecision(6)}` })
  }
  return (
    <div class='whead'>
      <span style='padding-left:16px'>
        Segment {isZoomed && (
          <button
            type='button'
            class='btn bare'
            onClick={() => change({ zoom: undefined })}
          >
            Show all of the time
          </button>
        )}
      </span>
      <span
        class='wt axisbar'
        ref={element}
        title='Drag to zoom, double click to show all'
        onPointerDown={(event) => {
          element.current?.setPointerCapture(event.pointerId)
          setDrag([placeOf(event), placeOf(event)])
        }}
        onPointerMove={(event) => drag !== undefined && setDrag([drag[0], placeOf(event)])}
        onPointerUp={end}
        onDblClick={() => change({ zoom: undefined })}
      >
        {drag !== undefined && (
          <i
            class='brushed'
            style={{ left: `${Math.min(...drag) * 100}%`, width: `${Math.abs(drag[1] - drag[0]) * 100}%` }}
          />
        )}
        {ticks.map((at) => (
          <span key={at} class='tick' style={{ left: `${((at - view.from) / size) * 100}%` }}>
            {at === 0 ? '0' : formatSeconds(at)}
          </span>
        ))}
      </span>
    </div>
  )
}

function Row({ row, start, view, shift, critical, isChosen, isFolded, isMarked, onFold }: {
  row: WaterfallRow
  start: number
  view: Span
  shift: number
  critical: readonly Interval[]
  isChosen: boolean
  isFolded: boolean
  isMarked: boolean
  onFold: (is: boolean) => void
}) {
  const { segment, depth, alike, retry } = row
  const state = stateOfSegment(segment)
  const size = view.to - view.from
  const place = (time: number): number => Math.min(1, Math.max(0, (time + shift - start - view.from) / size)) * 100
  const last = alike.reduce((latest, { end = Infinity }) => Math.max(latest, end), -Infinity)
  const [left, right] = [place(segment.start), last === Infinity ? 100 : place(last)]
  const isSeen = right > 0 && left < 100
  const hasMore = segment.children.length > 0 || alike.length > 1
  const isOpen = alike.length === 1 && !isFolded
  const refusal = 'trace_id' in segment.document ? checkDocument(JSON.stringify(segment.document)) : undefined
  const status = objectOf(objectOf(segment.document['http'])['response'])['status']
  const operation = operationOf(segment)
  const time = alike.reduce((sum, one) => sum + durationOf(one), 0)
  const type = (segment.isSubsegment ? calledService(segment)?.type : serviceOf(segment).type) ?? ''
  return (
    <div
      class={`wr ${segment.isSubsegment ? '' : 'seg'} ${isMarked ? 'hit' : ''}`}
      role='treeitem'
      aria-level={depth + 1}
      aria-selected={isChosen}
      {...(hasMore ? { 'aria-expanded': isOpen } : {})}
      onClick={() => change({ span: segment.id, tab: undefined })}
    >
      <span class='wn' style={{ paddingLeft: `${14 + Math.min(depth, 12) * 18}px` }}>
        <button
          type='button'
          class='tw btn bare'
          style={{ visibility: hasMore ? 'visible' : 'hidden', padding: 0 }}
          tabIndex={-1}
          aria-label={isOpen ? 'Fold' : 'Unfold'}
          onClick={(event) => {
            event.stopPropagation()
            onFold(!isFolded)
          }}
        >
          <Icon name={isOpen ? 'down' : 'right'} />
        </button>
        <svg class='i ty-i' aria-hidden='true'>
          <use href={`#${segment.isSubsegment && type === '' ? 'fn' : iconOf(type)}`} />
        </svg>
        {segment.isSubsegment ? <span class='cut'>{segment.name}</span> : <strong class='cut'>{segment.name}</strong>}
        {operation !== '' && <span class='op cut mute'>{operation}</span>}
        {alike.length > 1 && <span class='pill'>×{alike.length}</span>}
        {retry > 0 && <span class='quiet'>retry {retry}</span>}
        {shift !== 0 && <span class='quiet'>clock moved {formatSeconds(Math.abs(shift))}</span>}
        {segment.parent === undefined && segment.parentId !== undefined && (
          <span class='quiet' title={segment.parentId}>parent not received</span>
        )}
        {refusal !== undefined && (
          <span class='st error' title={refusal.Message}>
            <Icon name='error' />AWS would refuse this: {refusal.Message.split(': ').pop()}
          </span>
        )}
        {state !== 'ok' && (
          <span class='code'>
            <StateMark state={state} word={typeof status === 'number' ? `${status} ${state}` : undefined} />
          </span>
        )}
      </span>
      <span class='wt'>
        {isSeen && (
          <span
            class={`b ${state === 'ok' ? '' : state}`}
            style={{ left: `${left}%`, width: `${Math.max(0.1, right - left)}%` }}
          />
        )}
        {critical.map(([from, to]) => {
          const [a, b] = [place(from), place(Math.min(to, start + view.to))]
          return b > a && <i key={from} class='c' style={{ left: `${a}%`, width: `${b - a}%` }} />
        })}
        {isSeen && (
          <span class='l' style={{ left: `${right}%` }}>
            {last === Infinity ? 'in progress' : formatSeconds(time)}
          </span>
        )}
      </span>
    </div>
  )
}

/** What stands in a name for people: the SQL of a database call tells more than its name. */
export function titleOf(segment: Segment): string {
  const operation = operationOf(segment)
  const statement = textOf(objectOf(segment.document['sql'])['sanitized_query'])
  return [segment.name, operation === '' ? statement?.slice(0, 40) : operation].filter(Boolean).join(' ')
}
