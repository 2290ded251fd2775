import { useLayoutEffect, useRef } from 'preact/hooks'
import { formatSeconds } from '../trace/format-seconds.ts'
import type { Service } from './api.ts'
import { formatRate, formatShare } from './format.ts'
import type { Spot } from './lay-out-map.ts'
import { countsOf, type State, worstOf } from './outcome.tsx'

const icons: readonly (readonly [RegExp, string])[] = [
  [/^client$/, 'user'],
  [/Database/, 'db'],
  [/DynamoDB/, 'table'],
  [/S3/, 'bucket'],
  [/SQS|SNS|Kinesis/, 'queue'],
  [/Lambda/, 'fn'],
  [/^remote$/, 'web'],
]

/** The icon of a type of service. */
export function iconOf(type: string): string {
  return icons.find(([pattern]) => pattern.test(type))?.[1] ?? 'svc'
}

/** How a node is drawn. */
export interface NodeProps {
  readonly service: Service
  readonly spot: Spot
  readonly minutes: number
  readonly look: 'plain' | 'dim' | 'chosen'
  /** Within a trace, where there is room for the name alone. */
  readonly isSmall?: boolean
  /** A line of its name has so many at most. */
  readonly letters?: number
  readonly onOpen?: () => void
  readonly onHover?: (is: boolean) => void
}

/** A service on the map. */
export function MapNode({ service, spot, minutes, look, isSmall = false, letters = 18, onOpen, onHover }: NodeProps) {
  const { Name, Type = '', SummaryStatistics: statistics } = service
  const { radius } = spot
  const isClient = Type === 'client'
  const counts = countsOf(statistics)
  const all = Math.max(1, statistics.TotalCount)
  const state = worstOf(statistics)
  const average = formatSeconds(statistics.TotalResponseTime / all)
  const rate = formatRate(statistics.TotalCount / minutes)
  const share = state === 'ok' || state === 'prog' ? 'ok' : `${formatShare(counts[state] / all)} ${state}`
  const lines = linesOf(isClient ? 'Clients' : Name, letters, isSmall)
  const firstLine = radius + (isSmall ? 13 : 17)
  const width = isSmall ? 3.5 : service.State === 'active' ? 6 : 4
  return (
    <g
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
        <use href={`#${iconOf(Type)}`} />
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

/** "PostgreSQL · ✓ ok": what it is, and how it is. */
function SubLine({ y, type, state, share }: { y: number; type: string; state: State; share: string }) {
  const group = useRef<SVGGElement>(null)
  const kind = type === '' ? '' : `${shortType(type)} ·`
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

/** A type as people say it: `AWS::DynamoDB::Table` is DynamoDB, `Database::SQL` a database. */
export function shortType(type: string): string {
  if (type === 'remote') return 'Remote'
  return type.replace(/^AWS::/, '').split('::')[0] ?? type
}

/** A name in lines: a long one breaks once, where both halves are most even, and is then cut in the middle. */
function linesOf(name: string, most: number, isSmall: boolean): string[] {
  if (name.length <= most) return [name]
  let at = 0
  for (let i = 1; i < name.length && !isSmall; i++) {
    const isBreak = '-._/ '.includes(name[i - 1] ?? 'x')
    if (isBreak && Math.abs(name.length / 2 - i) < Math.abs(name.length / 2 - at)) at = i
  }
  const cut = (part: string): string =>
    part.length <= most ? part : `${part.slice(0, Math.ceil(most * 0.6))}…${part.slice(-Math.floor(most * 0.35))}`
  return at === 0 ? [cut(name)] : [cut(name.slice(0, at)), cut(name.slice(at))]
}

/** The shares of what happened, from twelve o'clock: faults first. */
function Ring(
  { radius, width, counts, all }: {
    radius: number
    width: number
    counts: ReturnType<typeof countsOf> | undefined
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
