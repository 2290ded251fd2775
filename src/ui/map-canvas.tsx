import { useMemo, useRef, useState } from 'preact/hooks'
import type { Service } from './api.ts'
import { EdgeLine } from './edge-line.tsx'
import { edgeName, type LaidOut, layOutMap, sizes } from './lay-out-map.ts'
import { MapNode } from './map-node.tsx'
import { Icon } from './outcome.tsx'
import { useKeys } from './use-keys.ts'

/** Over so many nodes, labels hide when the map is small. */
const MANY = 60
const LABELS_FROM = 0.6

/** What is chosen on the map. */
export type Chosen =
  | { readonly node: Service }
  | { readonly edge: { readonly from: Service; readonly to: Service } }
  | undefined

/** Pixels of the page that are above the map where it is narrow. */
const BARS = 126

interface View {
  readonly x: number
  readonly y: number
  readonly zoom: number
}
const WHOLE: View = { x: 0, y: 0, zoom: 1 }

/** The map, to be panned, zoomed and walked over. */
export function MapCanvas({ services, minutes, chosen, find, onNode, onEdge }: {
  services: readonly Service[]
  minutes: number
  chosen: Chosen
  /** Nodes whose name does not have it are dim. */
  find: string
  onNode: (service: Service) => void
  onEdge: (from: Service, to: Service) => void
}) {
  const isDown = innerWidth < 760
  // Positions stay while only numbers change.
  const shape = services.map(({ Name, Type, Edges }) => [Name, Type, Edges.map(({ ReferenceId }) => ReferenceId)])
  const map = useMemo(
    () => layOutMap(services, isDown ? 'TB' : 'LR', isDown ? sizes.narrow : sizes.wide),
    [JSON.stringify(shape), isDown],
  )
  const by = new Map(services.map((service) => [service.ReferenceId, service]))
  const [view, setView] = useState(WHOLE)
  const drag = useRef<{ x: number; y: number } | undefined>(undefined)
  const canvas = useRef<SVGSVGElement>(null)
  const [width, height] = [map.width + 32, map.height + 72]
  const box = isDown
    ? narrowBox(map, services, view)
    : { x: -16 - view.x, y: -40 - view.y, width: width / view.zoom, height: (height + 24) / view.zoom }
  /** Pixels of the screen to one of the map. */
  const scaleOf = (element: SVGSVGElement): number =>
    Math.min(element.clientWidth / box.width, element.clientHeight / box.height) || 1
  const zoomAt = (factor: number, at?: { x: number; y: number }): void =>
    setView((old) => {
      const zoom = Math.min(2, Math.max(0.3, old.zoom * factor))
      const point = at ?? { x: width / old.zoom / 2, y: height / old.zoom / 2 }
      // What lies under the pointer stays there.
      const moved = old.zoom / zoom
      return { zoom, x: old.x - point.x * (1 - moved), y: old.y - point.y * (1 - moved) }
    })
  const wheel = (event: WheelEvent): void => {
    event.preventDefault()
    const element = canvas.current
    if (element === null) return
    const scale = scaleOf(element)
    const frame = element.getBoundingClientRect()
    zoomAt(event.deltaY < 0 ? 1.1 : 1 / 1.1, {
      x: (event.clientX - frame.left - (frame.width - box.width * scale) / 2) / scale,
      y: (event.clientY - frame.top - (frame.height - box.height * scale) / 2) / scale,
    })
  }
  useKeys(({ key }) => {
    if (key === '+' || key === '=') zoomAt(1.25)
    else if (key === '-') zoomAt(0.8)
    else if (key === '0') setView(WHOLE)
  })
  const isFound = ({ Name }: Service): boolean => Name.toLowerCase().includes(find.toLowerCase())
  return (
    <div class='canvas'>
      <svg
        ref={canvas}
        class={services.length > MANY && view.zoom < LABELS_FROM ? 'bare' : ''}
        role='application'
        aria-label='Trace map'
        viewBox={`${box.x} ${box.y} ${box.width} ${box.height}`}
        preserveAspectRatio={isDown ? 'xMidYMin slice' : 'xMidYMid meet'}
        onWheel={wheel}
        onPointerDown={(event) => (drag.current = { x: event.clientX, y: event.clientY })}
        onPointerUp={() => (drag.current = undefined)}
        onPointerLeave={() => (drag.current = undefined)}
        onPointerMove={(event) => {
          const [from, element] = [drag.current, canvas.current]
          if (from === undefined || element === null) return
          const scale = scaleOf(element)
          drag.current = { x: event.clientX, y: event.clientY }
          setView((old) => ({
            ...old,
            x: old.x + (event.clientX - from.x) / scale,
            y: old.y + (event.clientY - from.y) / scale,
          }))
        }}
        onDblClick={() => setView(WHOLE)}
        onKeyDown={(event) => walk(event, services, map, isDown)}
      >
        <Edges {...{ services, by, map, minutes, chosen, isDown, onEdge }} />
        {services.map((service) => {
          const spot = map.spots.get(service.ReferenceId)
          if (spot === undefined) return null
          const isChosen = chosen !== undefined && 'node' in chosen && chosen.node === service
          const look = isChosen ? 'chosen' : find !== '' && !isFound(service) ? 'dim' : 'plain'
          return (
            <MapNode
              key={`${service.Name} ${service.Type}`}
              {...{ service, spot, minutes, look }}
              letters={isDown ? 14 : 20}
              onOpen={() => onNode(service)}
            />
          )
        })}
      </svg>
      <Legend />
      <div class='zoom' role='group' aria-label='Zoom'>
        <button type='button' class='btn' aria-label='Zoom in' onClick={() => zoomAt(1.25)}>+</button>
        <button type='button' class='btn' aria-label='Zoom out' onClick={() => zoomAt(0.8)}>−</button>
        <button type='button' class='btn' aria-label='Fit' onClick={() => setView(WHOLE)}>
          <Icon name='fit' />
        </button>
      </div>
    </div>
  )
}

/** The part of the map that a narrow page shows: as large as it is, from where requests come in. */
function narrowBox(map: LaidOut, services: readonly Service[], { x, y, zoom }: View) {
  const first = services.find(({ Type }) => Type === 'client') ?? services[0]
  const middle = map.spots.get(first?.ReferenceId ?? -1)?.x ?? map.width / 2
  const width = innerWidth / zoom
  return { x: middle - width / 2 - x, y: -40 - y, width, height: (innerHeight - BARS) / zoom }
}

function Edges({ services, by, map, minutes, chosen, isDown, onEdge }: {
  services: readonly Service[]
  by: ReadonlyMap<number, Service>
  map: LaidOut
  minutes: number
  chosen: Chosen
  isDown: boolean
  onEdge: (from: Service, to: Service) => void
}) {
  const ports = portsOf(services, map, isDown)
  return (
    <>
      {services.flatMap((service) =>
        service.Edges.map((edge) => {
          const name = edgeName(service.ReferenceId, edge.ReferenceId)
          const to = by.get(edge.ReferenceId)
          const [start, end] = [map.spots.get(service.ReferenceId), map.spots.get(edge.ReferenceId)]
          if (to === undefined || start === undefined || end === undefined) return null
          const isAt = chosen !== undefined && 'node' in chosen && (chosen.node === service || chosen.node === to)
          const isIt = chosen !== undefined && 'edge' in chosen && chosen.edge.from === service &&
            chosen.edge.to === to
          return (
            <EdgeLine
              key={name}
              edge={edge}
              name={`${service.Name} to ${to.Name}`}
              from={start}
              to={end}
              ports={ports.get(name) ?? [0, 0]}
              lane={map.lanes.get(name) ?? []}
              isDown={isDown}
              minutes={minutes}
              look={chosen === undefined ? 'plain' : isIt ? 'chosen' : isAt ? 'near' : 'dim'}
              onOpen={() => onEdge(service, to)}
            />
          )
        })
      )}
    </>
  )
}

/** How far from the middle edges leave and enter the rings: in the order of their far ends, so that heads lie apart. */
export function portsOf(
  services: readonly Service[],
  map: LaidOut,
  isDown: boolean,
): ReadonlyMap<string, readonly [number, number]> {
  const edges = services.flatMap(({ ReferenceId: from, Edges: list }) =>
    list.filter(({ ReferenceId: to }) => to !== from).map(({ ReferenceId: to }) => ({
      from,
      to,
      name: edgeName(from, to),
    }))
  )
  const across = (point: { x: number; y: number } | undefined): number => (isDown ? point?.x : point?.y) ?? 0
  const spread = (name: string, same: typeof edges, far: (edge: typeof edges[number]) => number, step: number) => {
    const sorted = same.toSorted((a, b) => far(a) - far(b))
    const at = sorted.findIndex((edge) => edge.name === name)
    return (at - (sorted.length - 1) / 2) * Math.min(step, 40 / Math.max(1, sorted.length - 1))
  }
  return new Map(edges.map(({ from, to, name }) => {
    const out = spread(
      name,
      edges.filter((edge) => edge.from === from),
      (edge) => across(map.lanes.get(edge.name)?.[0] ?? map.spots.get(edge.to)),
      6,
    )
    const into = spread(
      name,
      edges.filter((edge) => edge.to === to),
      (edge) => across(map.lanes.get(edge.name)?.at(-1) ?? map.spots.get(edge.from)),
      11,
    )
    return [name, [out, into] as const]
  }))
}

/** Arrows along the map follow edges; those across it, and where there is no edge, go to the nearest node there. */
function walk(event: KeyboardEvent, services: readonly Service[], map: LaidOut, isDown: boolean): void {
  const step = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key]
  const nodes = [...document.querySelectorAll<SVGGElement>('.canvas .node')]
  const at = nodes.findIndex((node) => node === document.activeElement)
  const here = map.spots.get(services[at]?.ReferenceId ?? -1)
  if (step === undefined || here === undefined) return
  event.preventDefault()
  const [dx = 0, dy = 0] = step
  const ingest = isDown ? dy : dx
  const isNext = (service: Service): boolean => {
    const [from, to] = ingest > 0 ? [services[at], service] : [service, services[at]]
    return from?.Edges.some(({ ReferenceId }) => ReferenceId === to?.ReferenceId) === true
  }
  const hasEdge = ingest !== 0 && services.some((service, i) => i !== at && isNext(service))
  let [best, nearest] = [Infinity, -1]
  for (const [i, service] of services.entries()) {
    const spot = map.spots.get(service.ReferenceId)
    if (spot === undefined || i === at || (hasEdge && !isNext(service))) continue
    const along = (spot.x - here.x) * dx + (spot.y - here.y) * dy
    const aside = Math.abs((spot.x - here.x) * dy) + Math.abs((spot.y - here.y) * dx)
    if (along > 0 && along + 2 * aside < best) [best, nearest] = [along + 2 * aside, i]
  }
  nodes[nearest]?.focus()
}

function Legend() {
  return (
    <div class='legend'>
      {([['ok', 'ok'], ['error', 'error 4xx'], ['fault', 'fault 5xx'], ['throttle', 'throttle 429']] as const).map((
        [state, word],
      ) => (
        <span key={state} class={`st ${state}`}>
          <Icon name={state} />
          {word}
        </span>
      ))}
    </div>
  )
}
