import { useEffect, useMemo, useState } from 'preact/hooks'
import type { Segment, Trace } from '../../trace/assemble-trace.ts'
import { outcomeOfDocument } from '../../trace/outcome.ts'
import { calledService, serviceOf } from '../../trace/service-of.ts'
import { useKeys } from '../hooks/use-keys.ts'
import { useWindow } from '../hooks/use-window.ts'
import { changeQuery } from '../route.ts'
import { clockShifts } from './clock-shifts.ts'
import { criticalPath } from './critical-path.ts'
import { operationOf } from './operation-of.ts'
import { SegmentRow } from './segment-row.tsx'
import { TimeAxis } from './time-axis.tsx'
import type { TimeWindow } from './time-window.ts'
import { useFolds } from './use-folds.ts'
import './waterfall.css'
import { rowsOf, type WaterfallRow } from './waterfall-rows.ts'
import { WaterfallTools } from './waterfall-tools.tsx'

/**
 * The timeline of a trace.
 *
 * @param start of the trace, in Unix seconds
 * @param duration of the trace, in seconds
 * @param chosen the segment that is shown in detail
 * @param marked the name of the service whose rows are marked
 * @param zoom the part of the time that is shown; undefined for all
 */
export function Waterfall({ trace, start, duration, chosen, marked, zoom }: {
  trace: Trace
  start: number
  duration: number
  chosen: Segment | undefined
  marked: string | undefined
  zoom: TimeWindow | undefined
}) {
  const { folded, apart, fold, unfold, foldAll } = useFolds(trace)
  const [find, setFind] = useState('')
  const [isCritical, setCritical] = useState(true)
  const rows = useMemo(() => rowsOf(trace, { folded, apart }), [trace, folded, apart])
  const shifts = useMemo(() => clockShifts(trace), [trace])
  const critical = useMemo(() => criticalPath(trace), [trace])
  const seen = useWindow(rows.length)
  const position = rows.findIndex(({ alike }) => chosen !== undefined && alike.includes(chosen))
  useEffect(() => seen.show(position), [chosen])
  const choose = (row: WaterfallRow | undefined): void =>
    changeQuery({ span: row?.segment.id ?? chosen?.id, tab: undefined })
  const chooseNext = (step: 1 | -1, isWanted: (row: WaterfallRow) => boolean): void => {
    const found = inOrder(rows, position, step).find(isWanted)
    if (found !== undefined) choose(found)
  }
  const isFound = ({ segment }: WaterfallRow): boolean =>
    find !== '' && `${segment.name} ${operationOf(segment)}`.toLowerCase().includes(find.toLowerCase())
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[position]
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key]
    const isFold = { ArrowLeft: true, ArrowRight: false }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      choose(rows[position + step])
    } else if (isFold !== undefined && event.shiftKey) foldAll(isFold)
    else if (isFold !== undefined && row !== undefined) isFold ? fold(row) : unfold(row)
  }
  const toggleCritical = (): void => setCritical(!isCritical)
  useKeys({ e: () => chooseNext(1, isFailed), E: () => chooseNext(-1, isFailed), p: toggleCritical })
  const shown = zoom ?? { from: 0, to: duration }
  return (
    <div class='wcol'>
      <WaterfallTools
        {...{ find, isCritical }}
        foundCount={rows.filter(isFound).length}
        isUnfolded={folded.size === 0}
        onFind={setFind}
        onNext={(step) => chooseNext(step, isFound)}
        onCritical={toggleCritical}
        onFoldAll={() => foldAll(folded.size === 0)}
        onNextError={() => chooseNext(1, isFailed)}
      />
      <div
        class='wf'
        role='tree'
        aria-label='Timeline'
        tabIndex={0}
        onKeyDown={onKeyDown}
        ref={seen.ref}
        onScroll={seen.onScroll}
      >
        <TimeAxis shown={shown} isZoomed={zoom !== undefined} />
        <div style={{ height: `${seen.before}px` }} />
        {rows.slice(seen.first, seen.end).map((row) => (
          <SegmentRow
            key={row.segment.id}
            {...{ row, start, shown }}
            shift={shifts.get(row.segment.id) ?? 0}
            critical={isCritical ? critical.get(row.segment.id) ?? [] : []}
            isChosen={chosen !== undefined && row.alike.includes(chosen)}
            isFolded={folded.has(row.segment.id)}
            isMarked={isFound(row) || (marked !== undefined && serviceName(row.segment) === marked)}
            onFold={() => fold(row)}
            onUnfold={() => unfold(row)}
          />
        ))}
        <div style={{ height: `${seen.after}px` }} />
      </div>
    </div>
  )
}

/** The rows in the order in which they come after a position, or before it; those on its other side come last. */
function inOrder(rows: readonly WaterfallRow[], position: number, step: 1 | -1): readonly WaterfallRow[] {
  return step === 1
    ? [...rows.slice(position + 1), ...rows.slice(0, position)]
    : [...rows.slice(0, position).reverse(), ...rows.slice(position + 1).reverse()]
}

function isFailed({ segment }: WaterfallRow): boolean {
  return ['fault', 'error', 'throttle'].includes(outcomeOfDocument(segment.document))
}

/** The service that a segment is of, or that a subsegment calls. */
function serviceName(segment: Segment): string {
  return (calledService(segment) ?? serviceOf(segment)).name
}
