import { useEffect, useMemo, useState } from 'preact/hooks'
import { callApi, type Service } from '../api.ts'
import { layOutMap, sizes } from '../map/lay-out-map.ts'
import { MapEdges } from '../map/map-edges.tsx'
import { MapNode } from '../map/map-node.tsx'
import './trace-map.css'

/** Pixels around the map, and the height above which it scrolls. */
const MARGIN = { x: 4, y: 6 }
const MAX_HEIGHT = 150

/**
 * The map of one trace.
 *
 * @param id of the trace
 * @param segmentCount of the trace; with more of them the map is read again
 * @param onMark takes the name of the service under the pointer, and undefined when the pointer leaves it
 */
export function TraceMap({ id, segmentCount, onMark }: {
  id: string
  segmentCount: number
  onMark: (service: string | undefined) => void
}) {
  const [services, setServices] = useState<readonly Service[]>([])
  useEffect(() => {
    callApi<{ Services: Service[] }>('/TraceGraph', { TraceIds: [id] }).then(
      ({ Services }) => setServices(Services),
      () => {},
    )
  }, [id, segmentCount])
  const map = useMemo(() => layOutMap(services, 'LR', sizes.small), [services])
  if (services.length < 2) return null
  const [width, height] = [map.width + 2 * MARGIN.x, map.height + 2 * MARGIN.y]
  return (
    <div class='tmap' tabIndex={0} style={{ height: `${Math.min(MAX_HEIGHT, height)}px` }}>
      <svg
        viewBox={`${-MARGIN.x} ${-MARGIN.y} ${width} ${height}`}
        style={{ width: `${width}px`, height: `${height}px` }}
        role='group'
        aria-label='Map of this trace'
      >
        <MapEdges services={services} map={map} minutes={1} isDown={false} isSmall />
        {services.map((service) => {
          const spot = map.spots.get(service.ReferenceId)
          return spot !== undefined && (
            <MapNode
              key={`${service.Name} ${service.Type}`}
              {...{ service, spot }}
              minutes={1}
              look='plain'
              isSmall
              onHover={(isOver) => onMark(isOver ? service.Name : undefined)}
            />
          )
        })}
      </svg>
    </div>
  )
}
