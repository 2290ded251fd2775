import { graphlib, layout } from '@dagrejs/dagre'
import type { Service } from './api.ts'

/** A point of the map. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** Where a node lies: the centre of its ring, and the ring's radius. */
export interface Spot extends Point {
  readonly radius: number
}

/** A map that was laid out. */
export interface LaidOut {
  readonly spots: ReadonlyMap<number, Spot>
  /** Where an edge passes on its way, by {@link edgeName}: lanes that no node lies in. */
  readonly lanes: ReadonlyMap<string, readonly Point[]>
  readonly width: number
  readonly height: number
}

/** How nodes are drawn: large on the map, small within a trace. */
export interface MapSize {
  readonly radius: (service: Service) => number
  readonly width: number
  /** Room below a ring for its labels. */
  readonly below: number
  readonly ranksep: number
  readonly nodesep: number
}

/** The radius of a node's ring: of the client, of what did not report itself, of a service. */
function radiusOf({ Type, State }: Service): number {
  return Type === 'client' ? 26 : State === 'active' ? 38 : 32
}

/** Sizes of the map, wide and narrow, and of that of one trace. */
export const sizes = {
  wide: { radius: radiusOf, width: 150, below: 52, ranksep: 64, nodesep: 24 },
  narrow: { radius: radiusOf, width: 92, below: 52, ranksep: 64, nodesep: 24 },
  small: { radius: () => 13, width: 118, below: 22, ranksep: 42, nodesep: 4 },
} as const satisfies Record<string, MapSize>

/** What an edge is called in {@link LaidOut.lanes}. */
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
    // Between two ranks there is one point more, which only a longer edge has others beside of.
    const inner = points.slice(1, -1)
    lanes.set(`${v}>${w}`, inner.length > 1 ? inner.filter((_, i) => i % 2 === 1) : [])
  }
  const { width = 0, height = 0 } = graph.graph()
  return { spots, lanes, width, height }
}
