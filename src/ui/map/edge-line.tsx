import { formatSeconds } from '../../trace/format-seconds.ts'
import type { Edge } from '../api.ts'
import { formatRate, formatShare } from '../kit/format.ts'
import { outcomeCounts, worstOutcome } from '../kit/outcome-counts.ts'
import './edge-line.css'
import type { Ports } from './edge-ports.ts'
import type { Point, Spot } from './lay-out-map.ts'
import './map-text.css'

/** An edge has the colour of an outcome from this share of its requests on. */
const MIN_COLOURED_SHARE = 0.05

/** How an edge is drawn. */
export interface EdgeProps {
  readonly edge: Edge
  /** Such as `shop to orders`, for screen readers. */
  readonly name: string
  readonly from: Spot
  readonly to: Spot
  readonly ports: Ports
  /** The points that the line passes on its way. */
  readonly lane: readonly Point[]
  /** Whether the map goes from top to bottom, not from left to right. */
  readonly isDown: boolean
  /** Whether there is no room for more than the line, as on the map of one trace. */
  readonly isSmall?: boolean
  /** The length of the time range, for the rate. */
  readonly minutes: number
  readonly look: 'plain' | 'dim' | 'near' | 'chosen'
  /** Is called when the user opens the edge; if absent it cannot be opened. */
  readonly onOpen?: () => void
}

/** The calls from one service to another, as a line that is as wide as they are many. */
export function EdgeLine(
  { edge, name, from, to, ports, lane, isDown, isSmall = false, minutes, look, onOpen }: EdgeProps,
) {
  const { SummaryStatistics: statistics } = edge
  const rate = statistics.TotalCount / minutes
  const width = isSmall ? 1.5 : Math.min(5, Math.max(1.25, 0.9 + 1.9 * Math.log10(1 + rate)))
  const counts = outcomeCounts(statistics)
  const state = worstOutcome(counts, statistics.TotalCount, MIN_COLOURED_SHARE)
  const bad = state === 'ok' ? '' : state
  const head = 5 + width * 1.1
  const [start, end] = endsOf(from, to, ports, head, isDown, isSmall)
  const points = [start, ...lane, end]
  const middle = from === to ? { x: from.x, y: from.y - from.radius - 26 } : middleOf(points)
  const average = statistics.TotalResponseTime / Math.max(1, statistics.TotalCount)
  const title = [
    formatRate(rate),
    formatSeconds(average),
    state === 'ok' ? '' : `${formatShare(counts[state] / Math.max(1, statistics.TotalCount))} ${state}`,
  ].filter(Boolean).join(', ')
  const dim = look === 'dim' ? 'dim' : ''
  const isLoop = from === to
  const line = isLoop ? loopOf(from) : pathOf(points, isDown)
  const tip = isLoop
    ? `M${from.x + 10 - head * 0.62} ${from.y - from.radius - head - 3}h${head * 1.24}l${-head * 0.62} ${head}z`
    : isDown
    ? `M${end.x - head * 0.62} ${end.y - 0.5}h${head * 1.24}l${-head * 0.62} ${head}z`
    : `M${end.x - 0.5} ${end.y - head * 0.62}v${head * 1.24}l${head} ${-head * 0.62}z`
  const isButton = onOpen !== undefined
  return (
    <g
      {...(isButton
        ? {
          class: 'link',
          role: 'button',
          tabindex: 0,
          'aria-label': `${name}, ${title}`,
          'aria-pressed': look === 'chosen',
          onClick: onOpen,
          onKeyDown: (event: KeyboardEvent) => (event.key === 'Enter' ? onOpen() : undefined),
        }
        : {})}
    >
      <title>{`${name}: ${title}`}</title>
      {isButton && <path class='reach' d={line} />}
      <path class={`edge ${bad} ${dim}`} stroke-width={width} d={line} />
      <path class={`head ${bad} ${dim}`} d={tip} />
      {bad !== '' && !isSmall && (
        <g transform={`translate(${middle.x - 8} ${middle.y - 8})`} style={{ color: `var(--${bad}-ink)` }}>
          <circle cx='8' cy='8' r='10' fill='var(--bg)' />
          <svg
            x='1.5'
            y='1.5'
            width='13'
            height='13'
            fill='none'
            stroke='currentColor'
            stroke-width='1.5'
            viewBox='0 0 14 14'
          >
            <use href={`#${bad}`} />
          </svg>
        </g>
      )}
      {(look === 'near' || look === 'chosen') && (
        <text
          class='ty lb'
          x={middle.x + (bad === '' ? 0 : 14)}
          y={middle.y - 8}
          text-anchor={bad === '' ? 'middle' : 'start'}
        >
          {formatRate(rate)}
        </text>
      )}
    </g>
  )
}

/** Where the line leaves one ring, and where its head begins before the other. */
function endsOf(
  from: Spot,
  to: Spot,
  [out, into]: Ports,
  head: number,
  isDown: boolean,
  isSmall: boolean,
): [Point, Point] {
  if (isDown) {
    return [{ x: from.x + out, y: from.y + from.radius + 50 }, { x: to.x + into, y: to.y - to.radius - 4 - head }]
  }
  const gap = isSmall ? 2 : 3
  const reach = (radius: number, port: number): number => Math.sqrt(Math.max(0, (radius + gap) ** 2 - port ** 2))
  return [
    { x: from.x + reach(from.radius, out), y: from.y + out },
    { x: to.x - reach(to.radius, into) - head, y: to.y + into },
  ]
}

/** A service that calls itself. */
function loopOf({ x, y, radius }: Spot): string {
  const top = y - radius
  return `M${x - 10} ${top - 3}C${x - 34} ${top - 34} ${x + 34} ${top - 34} ${x + 10} ${top - 10}`
}

/** A line that passes each point along the direction of the map. */
function pathOf(points: readonly Point[], isDown: boolean): string {
  const [first, ...rest] = points
  if (first === undefined) return ''
  let path = `M${first.x} ${first.y}`
  let before = first
  for (const point of rest) {
    const [mx, my] = [(before.x + point.x) / 2, (before.y + point.y) / 2]
    path += isDown
      ? `C${before.x} ${my} ${point.x} ${my} ${point.x} ${point.y}`
      : `C${mx} ${before.y} ${mx} ${point.y} ${point.x} ${point.y}`
    before = point
  }
  return path
}

function middleOf(points: readonly Point[]): Point {
  if (points.length % 2 === 1) return points[(points.length - 1) / 2] ?? { x: 0, y: 0 }
  const [a, b] = [points[points.length / 2 - 1], points[points.length / 2]]
  return a === undefined || b === undefined ? { x: 0, y: 0 } : { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
}
