import type { Service } from '../api.ts'
import { edgeName, type LaidOut, type Point } from './lay-out-map.ts'

/** How far from the middle of a ring an edge leaves it and enters the next, in pixels of the map. */
export type Ports = readonly [out: number, into: number]

/** Pixels between two edges that leave a ring, that enter one, and from the first to the last of them. */
const OUT_STEP = 6
const IN_STEP = 11
const MAX_SPREAD = 40

interface NamedEdge {
  readonly from: number
  readonly to: number
  readonly name: string
}

/**
 * Spreads the ends of edges over the rings in the order of their far ends, so that their heads lie apart.
 *
 * @param isDown whether the map goes from top to bottom, not from left to right
 * @returns the ports by {@link edgeName}
 */
export function edgePorts(services: readonly Service[], map: LaidOut, isDown: boolean): ReadonlyMap<string, Ports> {
  const edges = services.flatMap(({ ReferenceId: from, Edges }): NamedEdge[] =>
    Edges.filter(({ ReferenceId: to }) => to !== from).map(({ ReferenceId: to }) => ({
      from,
      to,
      name: edgeName(from, to),
    }))
  )
  const across = (point: Point | undefined): number => (isDown ? point?.x : point?.y) ?? 0
  const farEnd = ({ name, to }: NamedEdge): number => across(map.lanes.get(name)?.[0] ?? map.spots.get(to))
  const nearEnd = ({ name, from }: NamedEdge): number => across(map.lanes.get(name)?.at(-1) ?? map.spots.get(from))
  return new Map(edges.map(({ from, to, name }) => {
    const out = spread(name, edges.filter((edge) => edge.from === from), farEnd, OUT_STEP)
    const into = spread(name, edges.filter((edge) => edge.to === to), nearEnd, IN_STEP)
    return [name, [out, into]]
  }))
}

/** The port of one of the edges that meet at a ring. */
function spread(name: string, edges: readonly NamedEdge[], order: (edge: NamedEdge) => number, step: number): number {
  const sorted = edges.toSorted((a, b) => order(a) - order(b))
  const index = sorted.findIndex((edge) => edge.name === name)
  return (index - (sorted.length - 1) / 2) * Math.min(step, MAX_SPREAD / Math.max(1, sorted.length - 1))
}
