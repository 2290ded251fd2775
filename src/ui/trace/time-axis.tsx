import { useRef, useState } from 'preact/hooks'
import { formatSeconds } from '../../trace/format-seconds.ts'
import { changeQuery } from '../route.ts'
import './time-axis.css'
import type { TimeWindow } from './time-window.ts'

const MAX_STEPS = 6
/** The shortest share of the axis that a drag zooms to; below it the drag was a click. */
const MIN_ZOOM_SHARE = 0.01

/** The axis of the timeline, with round ticks. A drag over it zooms, a double click shows all. */
export function TimeAxis({ shown, isZoomed }: { shown: TimeWindow; isZoomed: boolean }) {
  const [drag, setDrag] = useState<readonly [number, number] | undefined>(undefined)
  const element = useRef<HTMLSpanElement>(null)
  const size = shown.to - shown.from
  /** Where the pointer is on the axis, 0 to 1. */
  const positionOf = (event: PointerEvent): number => {
    const box = element.current?.getBoundingClientRect()
    return box === undefined ? 0 : Math.min(1, Math.max(0, (event.clientX - box.left) / box.width))
  }
  const showAll = (): void => changeQuery({ zoom: undefined })
  const zoom = (): void => {
    setDrag(undefined)
    if (drag === undefined) return
    const [from, to] = [Math.min(...drag), Math.max(...drag)]
    if (to - from < MIN_ZOOM_SHARE) return
    const text = [from, to].map((position) => (shown.from + position * size).toPrecision(6)).join('-')
    changeQuery({ zoom: text })
  }
  return (
    <div class='whead'>
      <span class='label'>
        Segment {isZoomed && <button type='button' class='btn bare' onClick={showAll}>Show all of the time</button>}
      </span>
      <span
        class='axisbar'
        ref={element}
        title='Drag to zoom, double click to show all'
        onPointerDown={(event) => {
          element.current?.setPointerCapture(event.pointerId)
          setDrag([positionOf(event), positionOf(event)])
        }}
        onPointerMove={(event) => drag !== undefined && setDrag([drag[0], positionOf(event)])}
        onPointerUp={zoom}
        onDblClick={showAll}
      >
        {drag !== undefined && (
          <i
            class='brushed'
            style={{ left: `${Math.min(...drag) * 100}%`, width: `${Math.abs(drag[1] - drag[0]) * 100}%` }}
          />
        )}
        {ticksOf(shown).map((seconds) => (
          <span key={seconds} class='tick' style={{ left: `${((seconds - shown.from) / size) * 100}%` }}>
            {seconds === 0 ? '0' : formatSeconds(seconds)}
          </span>
        ))}
      </span>
    </div>
  )
}

/** Round moments of a window, in seconds. */
function ticksOf({ from, to }: TimeWindow): number[] {
  const size = to - from
  const unit = 10 ** Math.floor(Math.log10(size / MAX_STEPS))
  const step = [1, 2, 5, 10].map((factor) => factor * unit).find((candidate) => size / candidate <= MAX_STEPS) ??
    size / 2
  const first = Math.ceil(from / step - 1e-9) * step
  return Array.from({ length: Math.floor((to - first) / step + 1e-9) + 1 }, (_, i) => first + i * step)
}
