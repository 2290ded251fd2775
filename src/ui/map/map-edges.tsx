import { useMemo } from 'preact/hooks'
import type { Service } from '../api.ts'
import type { Chosen } from './chosen.ts'
import { EdgeLine } from './edge-line.tsx'
import { edgePorts } from './edge-ports.ts'
import { edgeName, type LaidOut } from './lay-out-map.ts'

/**
 * The edges of a map.
 *
 * @param minutes the length of the time range, for rates
 * @param isDown whether the map goes from top to bottom, not from left to right
 * @param isSmall whether it is the map of one trace, where there is no room for more than the lines
 * @param onChoose is called for an edge that the user opens; if absent none can be opened
 */
export function MapEdges({ services, map, minutes, chosen, isDown, isSmall = false, onChoose }: {
  services: readonly Service[]
  map: LaidOut
  minutes: number
  chosen?: Chosen | undefined
  isDown: boolean
  isSmall?: boolean
  onChoose?: (chosen: Chosen) => void
}) {
  const byId = useMemo(() => new Map(services.map((service) => [service.ReferenceId, service])), [services])
  const ports = useMemo(() => edgePorts(services, map, isDown), [services, map, isDown])
  return (
    <>
      {services.flatMap((from) =>
        from.Edges.map((edge) => {
          const name = edgeName(from.ReferenceId, edge.ReferenceId)
          const to = byId.get(edge.ReferenceId)
          const [start, end] = [map.spots.get(from.ReferenceId), map.spots.get(edge.ReferenceId)]
          if (to === undefined || start === undefined || end === undefined) return null
          return (
            <EdgeLine
              key={name}
              name={`${from.Name} to ${to.Name}`}
              from={start}
              to={end}
              ports={ports.get(name) ?? [0, 0]}
              lane={map.lanes.get(name) ?? []}
              look={lookOf(from, to, chosen)}
              {...{ edge, isDown, isSmall, minutes }}
              {...(onChoose === undefined ? {} : { onOpen: () => onChoose({ kind: 'edge', from, to, edge }) })}
            />
          )
        })
      )}
    </>
  )
}

function lookOf(from: Service, to: Service, chosen: Chosen | undefined): 'plain' | 'dim' | 'near' | 'chosen' {
  if (chosen === undefined) return 'plain'
  if (chosen.kind === 'edge') return chosen.from === from && chosen.to === to ? 'chosen' : 'dim'
  return chosen.service === from || chosen.service === to ? 'near' : 'dim'
}
