import { useLayoutEffect, useRef } from 'preact/hooks'
import { formatSeconds } from '../../trace/format-seconds.ts'
import type { Service } from '../api.ts'
import { formatRate, formatShare } from '../kit/format.ts'
import { type OutcomeCounts, outcomeCounts, worstOutcome } from '../kit/outcome-counts.ts'
import { serviceIcon, serviceTypeLabel } from '../kit/service-type.ts'
import type { Spot } from './lay-out-map.ts'
import './map-node.css'
import './map-text.css'

/** How a node is drawn. */
export interface NodeProps {
  readonly service: Service
  readonly spot: Spot
  /** The length of the time range, for the rate. */
  readonly minutes: number
  readonly look: 'plain' | 'dim' | 'chosen'
  /** Whether there is only room for the name, as on the map of one trace. */
  readonly isSmall?: boolean
  /** Characters of its name in one line. */
  readonly maxCharacters?: number
  /** Is called when the user opens the service. */
  readonly onOpen?: () => void
  /** Takes whether the pointer is over the node, when that changes. */
  readonly onHover?: (isOver: boolean) => void
  /** Takes the element of the node when it is drawn, and null when it goes. */
  readonly onElement?: (element: SVGGElement | null) => void
}

/** A service on the map. */
export function MapNode(
  { service, spot, minutes, look, isSmall = false, maxCharacters = 18, onOpen, onHover, onElement }: NodeProps,
) {
  const { Name, Type = '', SummaryStatistics: statistics } = service
  const { radius } = spot
  const isClient = Type === 'client'
  const counts = outcomeCounts(statistics)
  const all = Math.max(1, statistics.TotalCount)
  const state = worstOutcome(counts, statistics.TotalCount)
  const average = formatSeconds(statistics.TotalResponseTime / all)
  const rate = formatRate(statistics.TotalCount / minutes)
  const share = state === 'ok' ? 'ok' : `${formatShare(counts[state] / all)} ${state}`
  const lines = linesOf(isClient ? 'Clients' : Name, maxCharacters, isSmall)
  const firstLine = radius + (isSmall ? 13 : 17)
  const width = isSmall ? 3.5 : service.State === 'active' ? 6 : 4
  return (
    <g
      ref={onElement ?? null}
      class={`node ${look === 'dim' ? 'dim' : ''}`}
      role='button'
      tabindex={0}
      aria-pressed={look === 'chosen'}
      aria-label={isClient ? 'Clients' : `${Name}, ${Type || 'service'}, ${average}, ${rate}, ${share}`}
      transform={`translate(${spot.x} ${spot.y})`}
      onClick={onOpen}
      onKeyDown={(event) => (event.key === 'Enter' ? onOpen?.() : undefined)}
      onMouseEnter={() => onHover?.(true)}
      onMouseLeave={() => onHover?.(false)}
    >
      <circle class='halo' r={radius + 6} />
      <circle class='disc' r={radius} />
      <Ring radius={radius} width={width} counts={isClient ? undefined : counts} all={all} />
      <svg
        x='-7'
        y={isClient || isSmall ? -7 : -radius + 10}
        width='14'
        height='14'
        viewBox='0 0 14 14'
        fill='none'
        stroke={isSmall ? 'var(--text-2)' : 'var(--text-3)'}
        stroke-width='1.4'
      >
        <use href={`#${serviceIcon(Type)}`} />
      </svg>
      {!isClient && !isSmall && (
        <>
          <text class={`lat ${radius < 34 ? 'sm' : ''}`} y={radius < 34 ? 3 : 5} text-anchor='middle'>{average}</text>
          <text class='rpm' y={radius < 34 ? 16 : 19} text-anchor='middle'>{rate}</text>
        </>
      )}
      {lines.map((line, i) => <text key={line} class='nm lb' y={firstLine + i * 14} text-anchor='middle'>{line}</text>)}
      {!isClient && !isSmall && (
        <SubLine y={firstLine + lines.length * 14 + 1} type={Type} state={state} share={share} />
      )}
    </g>
  )
}

/** "PostgreSQL · ✓ ok": the type of a service, and its worst outcome. */
function SubLine({ y, type, state, share }: { y: number; type: string; state: keyof OutcomeCounts; share: string }) {
  const group = useRef<SVGGElement>(null)
  const kind = type === '' ? '' : `${serviceTypeLabel(type)} ·`
  useLayoutEffect(() => {
    // How wide texts are is only known once they are drawn.
    const [first, icon, last] = group.current?.children ?? []
    if (!(first instanceof SVGTextElement) || !(last instanceof SVGTextElement)) return
    const left = kind === '' ? 0 : first.getComputedTextLength() + 4
    icon?.setAttribute('x', String(left))
    last.setAttribute('x', String(left + 14))
    group.current?.setAttribute('transform', `translate(${-(left + 14 + last.getComputedTextLength()) / 2} ${y})`)
  }, [kind, share, y])
  return (
    <g ref={group}>
      <text class='ty lb'>{kind}</text>
      <svg
        y='-9.5'
        width='11'
        height='11'
        viewBox='0 0 14 14'
        fill='none'
        stroke='currentColor'
        stroke-width='1.5'
        style={{ color: `var(--${state}-ink)` }}
      >
        <use href={`#${state}`} />
      </svg>
      <text class={`ty lb t-${state}`}>{share}</text>
    </g>
  )
}

/** The lines of a name: a long one breaks once, near its middle, and longer lines lose their middle. */
function linesOf(name: string, maxCharacters: number, isSmall: boolean): string[] {
  if (name.length <= maxCharacters) return [name]
  let at = 0
  for (let i = 1; i < name.length && !isSmall; i++) {
    const isBreak = '-._/ '.includes(name[i - 1] ?? 'x')
    if (isBreak && Math.abs(name.length / 2 - i) < Math.abs(name.length / 2 - at)) at = i
  }
  const cut = (part: string): string =>
    part.length <= maxCharacters
      ? part
      : `${part.slice(0, Math.ceil(maxCharacters * 0.6))}…${part.slice(-Math.floor(maxCharacters * 0.35))}`
  return at === 0 ? [cut(name)] : [cut(name.slice(0, at)), cut(name.slice(at))]
}

/** The shares of outcomes, clockwise from the top: faults first. */
function Ring(
  { radius, width, counts, all }: {
    radius: number
    width: number
    counts: OutcomeCounts | undefined
    all: number
  },
) {
  const r = radius - width / 2
  if (counts === undefined) return <circle r={r} fill='none' class='seg-none' stroke-width='1.5' />
  const length = 2 * Math.PI * r
  const parts = (['fault', 'error', 'throttle', 'ok'] as const).filter((state) => counts[state] > 0)
  const gap = parts.length > 1 ? 2.5 : 0
  let at = 0
  return (
    <>
      {parts.map((state) => {
        const size = (counts[state] / all) * length
        const start = at
        at += size
        return (
          <circle
            key={state}
            r={r}
            fill='none'
            class={`seg-${state}`}
            stroke-width={width}
            stroke-dasharray={`${Math.max(size - gap, 1.5)} ${length}`}
            stroke-dashoffset={-start - gap / 2}
            transform='rotate(-90)'
          />
        )
      })}
    </>
  )
}
