import { useEffect, useMemo, useState } from 'preact/hooks'
import { callApi, type Service } from './api.ts'
import { EdgeLine } from './edge-line.tsx'
import { edgeName, layOutMap, sizes } from './lay-out-map.ts'
import { portsOf } from './map-canvas.tsx'
import { MapNode } from './map-node.tsx'

/** The map of one trace; hovering a service marks its rows. @param segments how many there are: with more it is read anew */
export function TraceMap(
  { id, segments, onMark }: { id: string; segments: number; onMark: (service: string | undefined) => void },
) {
  const [services, setServices] = useState<readonly Service[]>([])
  useEffect(() => {
    callApi<{ Services: Service[] }>('/TraceGraph', { TraceIds: [id] }).then(
      ({ Services }) => setServices(Services),
      () => {},
    )
  }, [id, segments])
  const map = useMemo(() => layOutMap(services, 'LR', sizes.small), [services])
  const ports = useMemo(() => portsOf(services, map, false), [services, map])
  if (services.length < 2) return null
  const by = new Map(services.map((service) => [service.ReferenceId, service]))
  return (
    <div class='tmap' tabIndex={0} style={{ height: `${Math.min(150, map.height + 12)}px` }}>
      <svg
        viewBox={`-4 -6 ${map.width + 8} ${map.height + 12}`}
        style={{ width: `${map.width + 8}px`, height: `${map.height + 12}px` }}
        role='group'
        aria-label='Map of this trace'
      >
        {services.flatMap((service) =>
          service.Edges.map((edge) => {
            const name = edgeName(service.ReferenceId, edge.ReferenceId)
            const [from, to] = [map.spots.get(service.ReferenceId), map.spots.get(edge.ReferenceId)]
            if (from === undefined || to === undefined) return null
            return (
              <EdgeLine
                key={name}
                edge={edge}
                name={`${service.Name} to ${by.get(edge.ReferenceId)?.Name}`}
                from={from}
                to={to}
                ports={ports.get(name) ?? [0, 0]}
                lane={map.lanes.get(name) ?? []}
                isDown={false}
                isSmall
                minutes={1}
                look='plain'
              />
            )
          })
        )}
        {services.map((service) => {
          const spot = map.spots.get(service.ReferenceId)
          return spot !== undefined && (
            <MapNode
              key={`${service.Name} ${service.Type}`}
              {...{ service, spot }}
              minutes={1}
              look='plain'
              isSmall
              onHover={(is) => onMark(is ? service.Name : undefined)}
            />
          )
        })}
      </svg>
    </div>
  )
}
