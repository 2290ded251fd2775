import type { Segment } from '../../trace/assemble-trace.ts'
import { formatSeconds } from '../../trace/format-seconds.ts'
import { durationOf } from '../../trace/index-trace.ts'
import { objectOf } from '../../bytes/json.ts'
import { outcomeOfDocument } from '../../trace/outcome.ts'
import { calledService, serviceOf } from '../../trace/service-of.ts'
import { Icon } from '../kit/icon.tsx'
import { serviceIcon } from '../kit/service-type.ts'
import { outcomeWord, StateMark } from '../kit/state-mark.tsx'
import { changeQuery } from '../route.ts'
import type { Interval } from './critical-path.ts'
import { operationOf } from './operation-of.ts'
import { rejectionOf } from './rejection-of.ts'
import './segment-row.css'
import { percentIn, type TimeWindow } from './time-window.ts'
import type { WaterfallRow } from './waterfall-rows.ts'

/** Levels that are indented; deeper ones look like the last of them. */
const MAX_INDENT = 12

/** What a row of the timeline shows. */
export interface SegmentRowProps {
  readonly row: WaterfallRow
  /** The start of the trace, in Unix seconds. */
  readonly start: number
  /** The part of the trace's time that is shown. */
  readonly shown: TimeWindow
  /** How far its clock is off, in seconds to add. */
  readonly shift: number
  /** Its parts of the critical path. */
  readonly critical: readonly Interval[]
  readonly isChosen: boolean
  readonly isFolded: boolean
  readonly isMarked: boolean
  readonly onFold: () => void
  readonly onUnfold: () => void
}

/** A row of the timeline: the name of a segment, and its time as a bar. */
export function SegmentRow(props: SegmentRowProps) {
  const { row: { segment, depth, alike }, isChosen, isFolded, isMarked } = props
  const hasMore = segment.children.length > 0 || alike.length > 1
  const isOpen = alike.length === 1 && !isFolded
  return (
    <div
      class={`wr ${segment.isSubsegment ? '' : 'seg'} ${isMarked ? 'hit' : ''}`}
      role='treeitem'
      aria-level={depth + 1}
      aria-selected={isChosen}
      {...(hasMore ? { 'aria-expanded': isOpen } : {})}
      onClick={() => changeQuery({ span: segment.id, tab: undefined })}
    >
      <span class='wn' style={{ paddingLeft: `${14 + Math.min(depth, MAX_INDENT) * 18}px` }}>
        <button
          type='button'
          class='tw btn bare'
          style={{ visibility: hasMore ? 'visible' : 'hidden', padding: 0 }}
          tabIndex={-1}
          aria-label={isOpen ? 'Fold' : 'Unfold'}
          onClick={(event) => {
            event.stopPropagation()
            if (isOpen) props.onFold()
            else props.onUnfold()
          }}
        >
          <Icon name={isOpen ? 'down' : 'right'} />
        </button>
        <Name row={props.row} shift={props.shift} />
      </span>
      <Bar {...props} />
    </div>
  )
}

function Name({ row: { segment, alike, retry }, shift }: { row: WaterfallRow; shift: number }) {
  const { name, isSubsegment, document, parent, parentId } = segment
  const outcome = outcomeOfDocument(document)
  const rejection = rejectionOf(document)
  const status = objectOf(objectOf(document['http'])['response'])['status']
  const operation = operationOf(segment)
  return (
    <>
      <svg class='i ty-i' aria-hidden='true'>
        <use href={`#${iconOf(segment)}`} />
      </svg>
      {isSubsegment ? <span class='cut'>{name}</span> : <strong class='cut'>{name}</strong>}
      {operation !== '' && <span class='op cut mute'>{operation}</span>}
      {alike.length > 1 && <span class='pill'>×{alike.length}</span>}
      {retry > 0 && <span class='quiet'>retry {retry}</span>}
      {shift !== 0 && <span class='quiet'>clock moved {formatSeconds(Math.abs(shift))}</span>}
      {parent === undefined && parentId !== undefined && (
        <span class='quiet' title={parentId}>
          parent not received
        </span>
      )}
      {rejection !== undefined && (
        <span class='st error' title={rejection.Message}>
          <Icon name='error' />AWS would refuse this: {rejection.Message.split(': ').pop()}
        </span>
      )}
      {outcome !== 'ok' && (
        <span class='code'>
          <StateMark
            state={outcome}
            word={typeof status === 'number' ? `${status} ${outcomeWord(outcome)}` : undefined}
          />
        </span>
      )}
    </>
  )
}

function Bar({ row: { segment, alike }, start, shown, shift, critical }: SegmentRowProps) {
  const outcome = outcomeOfDocument(segment.document)
  const percentOf = (time: number): number => percentIn(shown, time + shift - start)
  const last = alike.reduce((latest, { end = Infinity }) => Math.max(latest, end), -Infinity)
  const [left, right] = [percentOf(segment.start), last === Infinity ? 100 : percentOf(last)]
  const isSeen = right > 0 && left < 100
  const time = alike.reduce((sum, sibling) => sum + durationOf(sibling), 0)
  return (
    <span class='wt'>
      {isSeen && (
        <span
          class={`b ${outcome === 'ok' ? '' : outcome}`}
          style={{ left: `${left}%`, width: `${Math.max(0.1, right - left)}%` }}
        />
      )}
      {critical.map(([from, to]) => {
        const [begin, end] = [percentOf(from), percentOf(Math.min(to, start + shown.to))]
        return end > begin && <i key={from} class='c' style={{ left: `${begin}%`, width: `${end - begin}%` }} />
      })}
      {isSeen && (
        <span class='l' style={{ left: `${right}%` }}>
          {last === Infinity ? 'in progress' : formatSeconds(time)}
        </span>
      )}
    </span>
  )
}

/** The icon of the service that a segment is of, or that a subsegment calls; else that of a function. */
function iconOf(segment: Segment): string {
  const type = (segment.isSubsegment ? calledService(segment)?.type : serviceOf(segment).type) ?? ''
  return segment.isSubsegment && type === '' ? 'fn' : serviceIcon(type)
}
