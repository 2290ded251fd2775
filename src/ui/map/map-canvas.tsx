import { useMemo, useRef } from 'preact/hooks'
import type { Service } from '../api.ts'
import { useKeys } from '../hooks/use-keys.ts'
import { type Chosen, isNamed } from './chosen.ts'
import { type LaidOut, layOutMap, sizes } from './lay-out-map.ts'
import './map-canvas.css'
import { MapEdges } from './map-edges.tsx'
import { MapLegend } from './map-legend.tsx'
import { MapNode } from './map-node.tsx'
import { type Box, useViewport, type View } from './use-viewport.ts'
import { walkMap } from './walk-map.ts'
import { ZoomButtons } from './zoom-buttons.tsx'

/** With more services than this, labels hide below this zoom. */
const MANY_SERVICES = 60
const MIN_LABEL_ZOOM = 0.6
/** Below this width of the page, in pixels, the map goes from top to bottom. */
const NARROW = 760
/** Pixels of a narrow page above the map. */
const BARS = 126

/**
 * The map, which the user pans, zooms and walks over.
 *
 * @param services with ids that stay the same when they are read again
 * @param minutes the length of the time range, for rates
 * @param find services whose name does not contain it are dim
 * @param onChoose is called for a service or an edge that the user opens
 */
export function MapCanvas({ services, minutes, chosen, find, onChoose }: {
  services: readonly Service[]
  minutes: number
  chosen: Chosen | undefined
  find: string
  onChoose: (chosen: Chosen) => void
}) {
  const isDown = innerWidth < NARROW
  // Positions stay while only numbers change.
  const shape = services.map(({ Name, Type, Edges }) => [Name, Type, Edges.map(({ ReferenceId }) => ReferenceId)])
  const map = useMemo(
    () => layOutMap(services, isDown ? 'TB' : 'LR', isDown ? sizes.narrow : sizes.wide),
    [JSON.stringify(shape), isDown],
  )
  const [width, height] = [map.width + 32, map.height + 72]
  const { box, zoom, zoomIn, zoomOut, reset, element, handlers } = useViewport(
    (view) => isDown ? narrowBox(map, services, view) : wideBox(width, height, view),
    { x: width / 2, y: height / 2 },
  )
  useKeys({ '+': zoomIn, '=': zoomIn, '-': zoomOut, '0': reset })
  const nodes = useRef(new Map<number, SVGGElement>())
  const walk = (event: KeyboardEvent): void => {
    const from = services.find(({ ReferenceId }) => nodes.current.get(ReferenceId) === event.target)
    const next = from === undefined ? undefined : walkMap(services, map, from, event.key, isDown)
    if (next === undefined) return
    event.preventDefault()
    nodes.current.get(next.ReferenceId)?.focus()
  }
  const lookOf = (service: Service) => {
    if (chosen?.kind === 'service' && chosen.service === service) return 'chosen'
    return find !== '' && !isNamed(service, find) ? 'dim' : 'plain'
  }
  return (
    <div class='canvas'>
      <svg
        ref={element}
        class={services.length > MANY_SERVICES && zoom < MIN_LABEL_ZOOM ? 'bare' : ''}
        role='application'
        aria-label='Trace map'
        viewBox={`${box.x} ${box.y} ${box.width} ${box.height}`}
        preserveAspectRatio={isDown ? 'xMidYMin slice' : 'xMidYMid meet'}
        {...handlers}
        onKeyDown={walk}
      >
        <MapEdges {...{ services, map, minutes, chosen, isDown, onChoose }} />
        {services.map((service) => {
          const spot = map.spots.get(service.ReferenceId)
          return spot !== undefined && (
            <MapNode
              key={`${service.Name} ${service.Type}`}
              {...{ service, spot, minutes }}
              look={lookOf(service)}
              maxLetters={isDown ? 14 : 20}
              onOpen={() => onChoose({ kind: 'service', service })}
              onElement={(node) => {
                if (node === null) nodes.current.delete(service.ReferenceId)
                else nodes.current.set(service.ReferenceId, node)
              }}
            />
          )
        })}
      </svg>
      <MapLegend />
      <ZoomButtons onZoomIn={zoomIn} onZoomOut={zoomOut} onFit={reset} />
    </div>
  )
}

function wideBox(width: number, height: number, { x, y, zoom }: View): Box {
  return { x: -16 - x, y: -40 - y, width: width / zoom, height: (height + 24) / zoom }
}

/** The part of the map that a narrow page shows: in the size of the page, from where requests come in. */
function narrowBox(map: LaidOut, services: readonly Service[], { x, y, zoom }: View): Box {
  const first = services.find(({ Type }) => Type === 'client') ?? services[0]
  const middle = map.spots.get(first?.ReferenceId ?? -1)?.x ?? map.width / 2
  const width = innerWidth / zoom
  return { x: middle - width / 2 - x, y: -40 - y, width, height: (innerHeight - BARS) / zoom }
}
