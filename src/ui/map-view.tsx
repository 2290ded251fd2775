import { formatSeconds } from '../local/format-seconds.ts'
import { useMemo, useRef, useState } from 'preact/hooks'
import { callApi, type Edge, type Service } from './api.ts'
import { formatRate, formatShare } from './format.ts'
import { layOutMap, type Spot } from './lay-out-map.ts'
import { NodePanel } from './node-panel.tsx'
import { countsOf, Icon, worstOf } from './outcome.tsx'
import { change, type Place, rangeOf, ranges } from './page-location.ts'
import { type Polled, usePolled } from './use-polled.ts'

/** An edge is coloured from this share of trouble on. */
const COLOURED = 0.05

/** The map of services. */
export function MapView(
  { place, isLive, onProblem }: { place: Place; isLive: boolean; onProblem: (text: string) => void },
) {
  const { query } = place
  const { data, problem }: Polled<{ Services: Service[] }> = usePolled(
    `map ${query.get('range')}`,
    isLive,
    (signal) => callApi('/ServiceGraph', rangeOf(query), signal),
  )
  onProblem(problem)
  if (data === undefined) return null
  const services = data.Services
  const minutes = (ranges[query.get('range') ?? '30m'] ?? 1800) / 60
  const chosen = services.find(({ Name, Type }) => `${Name} ${Type ?? ''}` === query.get('node'))
  if (services.length === 0) {
    return <p class='empty'>No trace came in this time. Look at a longer one, above, or send some.</p>
  }
  return (
    <div class={`map ${chosen === undefined ? 'solo' : ''}`}>
      <Canvas services={services} minutes={minutes} chosen={chosen} />
      {chosen !== undefined && <NodePanel service={chosen} services={services} minutes={minutes} />}
    </div>
  )
}

function Canvas({ services, minutes, chosen }: { services: Service[]; minutes: number; chosen: Service | undefined }) {
  const isNarrow = innerWidth < 760
  // Positions stay while only numbers change.
  const shape = services.map(({ Name, Type, Edges }) => [Name, Type, Edges.map(({ ReferenceId }) => ReferenceId)])
  const map = useMemo(() => layOutMap(services, isNarrow), [JSON.stringify(shape), isNarrow])
  const [view, setView] = useState({ x: 0, y: 0, zoom: 1 })
  const drag = useRef<{ x: number; y: number } | undefined>(undefined)
  const zoomBy = (factor: number): void =>
    setView((old) => ({ ...old, zoom: Math.min(2, Math.max(0.3, old.zoom * factor)) }))
  const box = `${-16 - view.x} ${-16 - view.y} ${(map.width + 32) / view.zoom} ${(map.height + 72) / view.zoom}`
  return (
    <div class='canvas'>
      <svg
        role='application'
        aria-label='Trace map'
        viewBox={box}
        preserveAspectRatio='xMidYMid meet'
        onWheel={(event) => {
          event.preventDefault()
          zoomBy(event.deltaY < 0 ? 1.1 : 0.9)
        }}
        onPointerDown={(event) => (drag.current = { x: event.clientX, y: event.clientY })}
        onPointerUp={() => (drag.current = undefined)}
        onPointerMove={(event) => {
          const from = drag.current
          if (from === undefined) return
          drag.current = { x: event.clientX, y: event.clientY }
          setView((old) => ({ ...old, x: old.x + event.clientX - from.x, y: old.y + event.clientY - from.y }))
        }}
        onDblClick={() => setView({ x: 0, y: 0, zoom: 1 })}
      >
        {services.flatMap((service) =>
          service.Edges.map((edge) => (
            <EdgeLine
              key={`${service.ReferenceId}>${edge.ReferenceId}`}
              edge={edge}
              from={map.spots.get(service.ReferenceId)}
              to={map.spots.get(edge.ReferenceId)}
              isNarrow={isNarrow}
              minutes={minutes}
              isDim={chosen !== undefined && chosen.ReferenceId !== service.ReferenceId &&
                chosen.ReferenceId !== edge.ReferenceId}
            />
          ))
        )}
        {services.map((service) => (
          <Node
            key={`${service.Name} ${service.Type}`}
            service={service}
            spot={map.spots.get(service.ReferenceId)}
            minutes={minutes}
            isChosen={service === chosen}
          />
        ))}
      </svg>
      <div class='legend'>
        {(['ok', 'error', 'fault', 'throttle'] as const).map((state) => (
          <span key={state} class={`st ${state}`}>
            <Icon name={state} />
            {state}
          </span>
        ))}
      </div>
      <div class='zoom'>
        <button type='button' class='btn' aria-label='Zoom in' onClick={() => zoomBy(1.25)}>+</button>
        <button type='button' class='btn' aria-label='Zoom out' onClick={() => zoomBy(0.8)}>−</button>
        <button type='button' class='btn' aria-label='Fit' onClick={() => setView({ x: 0, y: 0, zoom: 1 })}>
          <Icon name='fit' />
        </button>
      </div>
    </div>
  )
}

function EdgeLine({ edge, from, to, isNarrow, minutes, isDim }: {
  edge: Edge
  from: Spot | undefined
  to: Spot | undefined
  isNarrow: boolean
  minutes: number
  isDim: boolean
}) {
  if (from === undefined || to === undefined) return null
  const { SummaryStatistics } = edge
  const width = Math.min(5, Math.max(1.25, 0.9 + 1.9 * Math.log10(1 + SummaryStatistics.TotalCount / minutes)))
  const state = worstOf(SummaryStatistics, COLOURED)
  const bad = state === 'ok' ? '' : state
  const head = 5 + width * 1.1
  const [x1, y1, x2, y2] = isNarrow
    ? [from.x, from.y + from.radius + 50, to.x, to.y - to.radius - 4 - head]
    : [from.x + from.radius + 3, from.y, to.x - to.radius - 3 - head, to.y]
  const [mx, my] = [(x1 + x2) / 2, (y1 + y2) / 2]
  const line = isNarrow
    ? `M${x1} ${y1}C${x1} ${my} ${x2} ${my} ${x2} ${y2}`
    : `M${x1} ${y1}C${mx} ${y1} ${mx} ${y2} ${x2} ${y2}`
  const tip = isNarrow
    ? `M${x2 - head * 0.62} ${y2}h${head * 1.24}l${-head * 0.62} ${head}z`
    : `M${x2} ${y2 - head * 0.62}v${head * 1.24}l${head} ${-head * 0.62}z`
  const average = SummaryStatistics.TotalResponseTime / Math.max(1, SummaryStatistics.TotalCount)
  return (
    <g>
      <title>{`${formatRate(SummaryStatistics.TotalCount / minutes)}, ${formatSeconds(average)}`}</title>
      <path class={`edge ${bad} ${isDim ? 'dim' : ''}`} stroke-width={width} d={line} />
      <path class={`head ${bad} ${isDim ? 'dim' : ''}`} d={tip} />
      {bad !== '' && (
        <g transform={`translate(${mx - 8} ${my - 8})`} style={{ color: `var(--${bad}-ink)` }}>
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
    </g>
  )
}

const icons: readonly (readonly [RegExp, string])[] = [
  [/^client$/, 'user'],
  [/Database/, 'db'],
  [/DynamoDB/, 'table'],
  [/S3/, 'bucket'],
  [/SQS|SNS|Kinesis/, 'queue'],
  [/Lambda/, 'fn'],
  [/^remote$/, 'web'],
]

function Node(
  { service, spot, minutes, isChosen }: {
    service: Service
    spot: Spot | undefined
    minutes: number
    isChosen: boolean
  },
) {
  if (spot === undefined) return null
  const { Name, Type = '', SummaryStatistics: statistics } = service
  const { radius } = spot
  const isClient = Type === 'client'
  const counts = countsOf(statistics)
  const all = Math.max(1, statistics.TotalCount)
  const state = worstOf(statistics)
  const average = formatSeconds(statistics.TotalResponseTime / all)
  const rate = formatRate(statistics.TotalCount / minutes)
  const share = state === 'ok' || state === 'prog' ? 'ok' : `${formatShare(counts[state] / all)} ${state}`
  const open = (): void => change({ node: isChosen ? undefined : `${Name} ${Type}` })
  const icon = icons.find(([pattern]) => pattern.test(Type))?.[1] ?? 'svc'
  const type = Type === '' || isClient ? '' : `${Type.replace(/^AWS::/, '').split('::')[0]} · `
  return (
    <g
      class='node'
      role='button'
      tabIndex={0}
      aria-pressed={isChosen}
      aria-label={isClient ? 'Clients' : `${Name}, ${Type || 'service'}, ${average}, ${rate}, ${share}`}
      transform={`translate(${spot.x} ${spot.y})`}
      onClick={open}
      onKeyDown={(event) => (event.key === 'Enter' ? open() : undefined)}
    >
      <circle class='halo' r={radius + 6} />
      <circle class='disc' r={radius} />
      <Ring
        radius={radius}
        width={service.State === 'active' ? 6 : 4}
        counts={isClient ? undefined : counts}
        all={all}
      />
      <svg
        x='-7'
        y={isClient ? -7 : -radius + 10}
        width='14'
        height='14'
        viewBox='0 0 14 14'
        fill='none'
        stroke='var(--text-3)'
        stroke-width='1.4'
      >
        <use href={`#${icon}`} />
      </svg>
      {!isClient && <text class={`lat ${radius < 34 ? 'sm' : ''}`} y='5' text-anchor='middle'>{average}</text>}
      {!isClient && <text class='rpm' y='19' text-anchor='middle'>{rate}</text>}
      <text class='nm lb' y={radius + 17} text-anchor='middle'>
        {Name.length > 20 ? `${Name.slice(0, 12)}…${Name.slice(-7)}` : isClient ? 'Clients' : Name}
      </text>
      {!isClient && <text class={`ty lb t-${state}`} y={radius + 32} text-anchor='middle'>{type}{share}</text>}
    </g>
  )
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
