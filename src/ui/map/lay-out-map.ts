import { graphlib, layout } from '@dagrejs/dagre'
import type { Service } from '../api.ts'

/** A point of the map. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** The ring of a node: its centre and radius. */
export interface Spot extends Point {
  readonly radius: number
}

/** A map with positions, in its own pixels. */
export interface LaidOut {
  /** By the id of the service. */
  readonly spots: ReadonlyMap<number, Spot>
  /** The points that an edge passes on its way around nodes, by {@link edgeName}. */
  readonly lanes: ReadonlyMap<string, readonly Point[]>
  readonly width: number
  readonly height: number
}

/** How nodes are drawn: large on the map, small within a trace. */
export interface MapSize {
  readonly radius: (service: Service) => number
  readonly width: number
  /** Pixels below a ring for its labels. */
  readonly below: number
  /** Pixels between two ranks, and between two nodes of one. */
  readonly ranksep: number
  readonly nodesep: number
}

/** The radius of a node's ring: clients have the smallest, services that sent segments the largest. */
function radiusOf({ Type, State }: Service): number {
  return Type === 'client' ? 26 : State === 'active' ? 38 : 32
}

/** Sizes of the map on wide and narrow pages, and of the map of one trace. */
export const sizes = {
  wide: { radius: radiusOf, width: 150, below: 52, ranksep: 64, nodesep: 24 },
  narrow: { radius: radiusOf, width: 92, below: 52, ranksep: 64, nodesep: 24 },
  small: { radius: () => 13, width: 118, below: 22, ranksep: 42, nodesep: 4 },
} as const satisfies Record<string, MapSize>

/** The name of an edge in {@link LaidOut.lanes}. @param from the id of a service, as `to` */
export function edgeName(from: number, to: number): string {
  return `${from}>${to}`
}

/** Lays services out from left to right, or from top to bottom. */
export function layOutMap(services: readonly Service[], direction: 'LR' | 'TB', size: MapSize): LaidOut {
  const graph = new graphlib.Graph()
  graph.setGraph({ rankdir: direction, ranksep: size.ranksep, nodesep: size.nodesep, edgesep: 24 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const service of services) {
    graph.setNode(String(service.ReferenceId), { width: size.width, height: 2 * size.radius(service) + size.below })
  }
  for (const { ReferenceId, Edges } of services) {
    for (const edge of Edges) graph.setEdge(String(ReferenceId), String(edge.ReferenceId))
  }
  layout(graph)
  const spots = new Map<number, Spot>()
  for (const service of services) {
    const { x, y } = graph.node(String(service.ReferenceId))
    spots.set(service.ReferenceId, { x, y: y - size.below / 2, radius: size.radius(service) })
  }
  const lanes = new Map<string, readonly Point[]>()
  for (const { v, w } of graph.edges()) {
    const points: readonly Point[] = graph.edge({ v, w }).points ?? []
    // Dagre puts a point between each two ranks; those in the ranks themselves lead around nodes.
    const inner = points.slice(1, -1)
    lanes.set(edgeName(Number(v), Number(w)), inner.length > 1 ? inner.filter((_, i) => i % 2 === 1) : [])
  }
  const { width = 0, height = 0 } = graph.graph()
  return { spots, lanes, width, height }
}
