import type { Service } from '../api.ts'
import type { LaidOut } from './lay-out-map.ts'

const steps: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
}

/**
 * Finds the service that an arrow key leads to: along the map it follows edges; across it, and where there is no edge,
 * it leads to the nearest service there.
 *
 * @param from where the user is
 * @param key of the keyboard event
 * @param isDown whether the map goes from top to bottom, not from left to right
 * @returns undefined if the key is not an arrow, or there is nothing that way
 */
export function walkMap(
  services: readonly Service[],
  map: LaidOut,
  from: Service,
  key: string,
  isDown: boolean,
): Service | undefined {
  const step = steps[key]
  const here = map.spots.get(from.ReferenceId)
  if (step === undefined || here === undefined) return undefined
  const [dx, dy] = step
  const along = isDown ? dy : dx
  const isNext = (service: Service): boolean => along > 0 ? hasEdge(from, service) : hasEdge(service, from)
  const followsEdges = along !== 0 && services.some((service) => service !== from && isNext(service))
  let [leastDistance, nearest]: [number, Service | undefined] = [Infinity, undefined]
  for (const service of services) {
    const spot = map.spots.get(service.ReferenceId)
    if (spot === undefined || service === from || (followsEdges && !isNext(service))) continue
    const ahead = (spot.x - here.x) * dx + (spot.y - here.y) * dy
    const aside = Math.abs((spot.x - here.x) * dy) + Math.abs((spot.y - here.y) * dx)
    const distance = ahead + 2 * aside
    if (ahead > 0 && distance < leastDistance) [leastDistance, nearest] = [distance, service]
  }
  return nearest
}

function hasEdge(from: Service, to: Service): boolean {
  return from.Edges.some(({ ReferenceId }) => ReferenceId === to.ReferenceId)
}
