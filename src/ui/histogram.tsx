import { useRef, useState } from 'preact/hooks'
import { formatSeconds } from '../trace/format-seconds.ts'

/** A value of the axis that is marked. */
export interface Mark {
  /** Seconds. */
  readonly value: number
  readonly label: string
}

/** Counts of a bin: ok, error, fault, throttle. */
export type Bin = readonly [number, number, number, number]

const WIDTH = 1000
const DECADES = 4
const keys = ['f-bar', 'f-error', 'f-fault', 'f-throttle'] as const

/** Where a time lies on the axis from 1 ms to 10 s, 0 to 1. */
function placeOf(seconds: number): number {
  return Math.min(1, Math.max(0, (Math.log10(Math.max(seconds, 1e-3)) + 3) / DECADES))
}

/** Counts by response time, on an axis of powers of ten. To drag over it chooses a part. */
export function Histogram({ bins, marks = [], height = 84, chosen, onChoose }: {
  bins: readonly Bin[]
  marks?: readonly Mark[]
  height?: number
  /** Seconds. */
  chosen?: readonly [number, number] | undefined
  /** Is told the part that was chosen, in seconds; without it none can be. */
  onChoose?: (from: number, to: number) => void
}) {
  const [drag, setDrag] = useState<readonly [number, number] | undefined>(undefined)
  const element = useRef<SVGSVGElement>(null)
  const [top, base] = [14, height - 16]
  const most = Math.max(1, ...bins.map((bin) => bin.reduce((sum, count) => sum + count, 0)))
  const wide = WIDTH / bins.length
  const at = (event: PointerEvent): number => {
    const box = element.current?.getBoundingClientRect()
    return box === undefined ? 0 : Math.min(1, Math.max(0, (event.clientX - box.left) / box.width))
  }
  const end = (): void => {
    setDrag(undefined)
    if (drag === undefined || onChoose === undefined) return
    const [from, to] = [Math.min(...drag), Math.max(...drag)]
    if (to - from > 0.01) onChoose(10 ** (from * DECADES - 3), 10 ** (to * DECADES - 3))
  }
  const part = drag ?? (chosen === undefined ? undefined : [placeOf(chosen[0]), placeOf(chosen[1])] as const)
  const [from, to] = part === undefined ? [0, 0] : [Math.min(...part) * WIDTH, Math.max(...part) * WIDTH]
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
            setDrag([at(event), at(event)])
          },
          onPointerMove: (event: PointerEvent) => drag !== undefined && setDrag([drag[0], at(event)]),
          onPointerUp: end,
        })}
      >
        {part !== undefined && (
          <rect x={from} width={to - from} y={top - 4} height={base - top + 4} fill='var(--overlay)' />
        )}
        {bins.map((bin, i) => {
          let y = base
          return bin.map((count, state) => {
            const size = count === 0 ? 0 : Math.max(1.5, (count / most) * (base - top))
            y -= size
            return size === 0 ? null : (
              <rect
                key={`${i} ${state}`}
                class={keys[state]}
                x={i * wide + 0.5}
                width={wide - 1}
                y={y}
                height={size}
              />
            )
          })
        })}
        <line class='axs' x1='0' x2={WIDTH} y1={base} y2={base} />
        {marks.map(({ value, label }) => (
          <line
            key={label}
            x1={placeOf(value) * WIDTH}
            x2={placeOf(value) * WIDTH}
            y1={10}
            y2={base}
            stroke='var(--text-2)'
            stroke-dasharray='2 2'
            vector-effect='non-scaling-stroke'
          />
        ))}
        {part !== undefined &&
          [from, to].map((x) => (
            <line
              key={x}
              x1={x}
              x2={x}
              y1={10}
              y2={base}
              stroke='var(--accent)'
              stroke-width='1.5'
              vector-effect='non-scaling-stroke'
            />
          ))}
      </svg>
      {['1 ms', '10 ms', '100 ms', '1 s', '10 s'].map((label, i) => (
        <span
          key={label}
          class='hx'
          style={{ left: `${i * 25}%`, transform: `translateX(-${i * 25}%)` }}
        >
          {label}
        </span>
      ))}
      {apart(marks).map(({ value, label }) => {
        const place = placeOf(value)
        return (
          <span
            key={label}
            class='hm'
            style={{ left: `${place * 100}%`, transform: `translateX(-${Math.round(place * 100)}%)` }}
          >
            {label}
          </span>
        )
      })}
    </div>
  )
}

/** Marks whose labels do not lie on each other; the first of two stays. */
function apart(marks: readonly Mark[]): Mark[] {
  const kept: Mark[] = []
  for (const mark of marks) {
    if (kept.every(({ value }) => Math.abs(placeOf(value) - placeOf(mark.value)) > 0.18)) kept.push(mark)
  }
  return kept
}

/** Bins of X-Ray's histogram, which does not say what failed. */
export function binsOf(bars: readonly { readonly Value: number; readonly Count: number }[], count = 48): Bin[] {
  const bins = Array.from({ length: count }, (): [number, number, number, number] => [0, 0, 0, 0])
  for (const { Value, Count } of bars) {
    const bin = bins[Math.min(count - 1, Math.floor(placeOf(Value) * count))]
    if (bin !== undefined) bin[0] += Count
  }
  return bins
}

/** The value under which a share of the counts lies, in seconds. */
export function quantile(
  bars: readonly { readonly Value: number; readonly Count: number }[],
  share: number,
): number {
  const all = bars.reduce((sum, { Count }) => sum + Count, 0)
  let seen = 0
  for (const { Value, Count } of bars) {
    seen += Count
    if (seen >= all * share) return Value
  }
  return 0
}

/** Marks at the middle and at 95 of 100. */
export function marksOf(p50: number, p95: number): Mark[] {
  return [{ value: p50, label: `p50 ${formatSeconds(p50)}` }, { value: p95, label: `p95 ${formatSeconds(p95)}` }]
}
