import { useRef, useState } from 'preact/hooks'
import { formatSeconds } from '../../trace/format-seconds.ts'
import { positionOnAxis, secondsAt } from '../../trace/response-time-axis.ts'
import './histogram.css'

/** A value of the axis that is marked. */
export interface Mark {
  /** Seconds. */
  readonly value: number
  readonly label: string
}

/** How many requests of a bin had each outcome. */
export type Bin = readonly [ok: number, error: number, fault: number, throttle: number]

/** Positions on the axis, 0 to 1, in any order. */
type Part = readonly [number, number]

const WIDTH = 1000
/** Pixels above the bars, for the labels of the marks. */
const TOP = 14
/** The shortest part of the axis that a drag chooses; below it the drag was a click. */
const MIN_CHOSEN = 0.01
/** Labels of marks that are closer than this would lie on each other. */
const MIN_LABEL_GAP = 0.18
const fills = ['f-bar', 'f-error', 'f-fault', 'f-throttle'] as const

/**
 * Counts by response time, on a logarithmic axis from 1 ms to 10 s.
 *
 * @param bins the counts of equal parts of the axis
 * @param height in pixels
 * @param chosen the part of the axis that is chosen, in seconds
 * @param onChoose takes the part of the axis that the user drags over, in seconds; if absent nothing can be chosen
 */
export function Histogram({ bins, marks = [], height = 84, chosen, onChoose }: {
  bins: readonly Bin[]
  marks?: readonly Mark[]
  height?: number
  chosen?: readonly [from: number, to: number] | undefined
  onChoose?: (from: number, to: number) => void
}) {
  const [drag, setDrag] = useState<Part | undefined>(undefined)
  const element = useRef<SVGSVGElement>(null)
  const base = height - 16
  const positionOf = (event: PointerEvent): number => {
    const box = element.current?.getBoundingClientRect()
    return box === undefined ? 0 : Math.min(1, Math.max(0, (event.clientX - box.left) / box.width))
  }
  const choose = (): void => {
    setDrag(undefined)
    if (drag === undefined || onChoose === undefined) return
    const [from, to] = [Math.min(...drag), Math.max(...drag)]
    if (to - from > MIN_CHOSEN) onChoose(secondsAt(from), secondsAt(to))
  }
  const part = drag ??
    (chosen === undefined ? undefined : [positionOnAxis(chosen[0]), positionOnAxis(chosen[1])] as const)
  return (
    <div
      class={`hist ${onChoose === undefined ? '' : 'brush'}`}
      role='img'
      aria-label={`Response times: ${marks.map(({ label }) => label).join(', ')}`}
    >
      <svg
        ref={element}
        viewBox={`0 0 ${WIDTH} ${height}`}
        height={height}
        preserveAspectRatio='none'
        {...(onChoose === undefined ? {} : {
          onPointerDown: (event: PointerEvent) => {
            element.current?.setPointerCapture(event.pointerId)
            setDrag([positionOf(event), positionOf(event)])
          },
          onPointerMove: (event: PointerEvent) => drag !== undefined && setDrag([drag[0], positionOf(event)]),
          onPointerUp: choose,
        })}
      >
        <ChosenGround part={part} base={base} />
        <Bars bins={bins} base={base} />
        <line class='axs' x1='0' x2={WIDTH} y1={base} y2={base} />
        {marks.map(({ value, label }) => (
          <line
            key={label}
            x1={positionOnAxis(value) * WIDTH}
            x2={positionOnAxis(value) * WIDTH}
            y1={10}
            y2={base}
            stroke='var(--text-2)'
            stroke-dasharray='2 2'
            vector-effect='non-scaling-stroke'
          />
        ))}
        <ChosenEdges part={part} base={base} />
      </svg>
      <Labels marks={marks} />
    </div>
  )
}

function Bars({ bins, base }: { bins: readonly Bin[]; base: number }) {
  const highest = Math.max(1, ...bins.map((bin) => bin.reduce((sum, count) => sum + count, 0)))
  const width = WIDTH / bins.length
  return (
    <>
      {bins.map((bin, i) => {
        let y = base
        return bin.map((count, outcome) => {
          const size = count === 0 ? 0 : Math.max(1.5, (count / highest) * (base - TOP))
          y -= size
          return size === 0 ? null : (
            <rect
              key={`${i} ${outcome}`}
              class={fills[outcome]}
              x={i * width + 0.5}
              width={width - 1}
              y={y}
              height={size}
            />
          )
        })
      })}
    </>
  )
}

function ChosenGround({ part, base }: { part: Part | undefined; base: number }) {
  if (part === undefined) return null
  const [from, to] = [Math.min(...part) * WIDTH, Math.max(...part) * WIDTH]
  return <rect x={from} width={to - from} y={TOP - 4} height={base - TOP + 4} fill='var(--overlay)' />
}

function ChosenEdges({ part, base }: { part: Part | undefined; base: number }) {
  if (part === undefined) return null
  return (
    <>
      {part.toSorted((a, b) => a - b).map((position) => (
        <line
          key={position}
          x1={position * WIDTH}
          x2={position * WIDTH}
          y1={10}
          y2={base}
          stroke='var(--accent)'
          stroke-width='1.5'
          vector-effect='non-scaling-stroke'
        />
      ))}
    </>
  )
}

function Labels({ marks }: { marks: readonly Mark[] }) {
  return (
    <>
      {['1 ms', '10 ms', '100 ms', '1 s', '10 s'].map((label, i) => (
        <span key={label} class='hx' style={{ left: `${i * 25}%`, transform: `translateX(-${i * 25}%)` }}>
          {label}
        </span>
      ))}
      {withoutOverlap(marks).map(({ value, label }) => {
        const position = positionOnAxis(value)
        return (
          <span
            key={label}
            class='hm'
            style={{ left: `${position * 100}%`, transform: `translateX(-${Math.round(position * 100)}%)` }}
          >
            {label}
          </span>
        )
      })}
    </>
  )
}

/** The marks whose labels do not lie on each other; of two that do, the first. */
function withoutOverlap(marks: readonly Mark[]): Mark[] {
  const kept: Mark[] = []
  for (const mark of marks) {
    const isApart = ({ value }: Mark): boolean =>
      Math.abs(positionOnAxis(value) - positionOnAxis(mark.value)) > MIN_LABEL_GAP
    if (kept.every(isApart)) kept.push(mark)
  }
  return kept
}

/** Marks at the median and the 95th percentile, both in seconds. */
export function marksOf(p50: number, p95: number): Mark[] {
  return [{ value: p50, label: `p50 ${formatSeconds(p50)}` }, { value: p95, label: `p95 ${formatSeconds(p95)}` }]
}
