import { graphlib, layout } from '@dagrejs/dagre'
import type { Service } from './api.ts'

/** Where a node lies: the centre of its ring, and the ring's radius. */
export interface Spot {
  readonly x: number
  readonly y: number
  readonly radius: number
}

/** A map that was laid out. */
export interface LaidOut {
  readonly spots: ReadonlyMap<number, Spot>
  readonly width: number
  readonly height: number
}

/** The radius of a node's ring: of the client, of what did not report itself, of a service. */
export function radiusOf({ Type, State }: Service): number {
  return Type === 'client' ? 26 : State === 'active' ? 38 : 32
}

/** Lays services out from left to right, or from top to bottom where there is little room. */
export function layOutMap(services: readonly Service[], isNarrow: boolean): LaidOut {
  const graph = new graphlib.Graph()
  graph.setGraph({ rankdir: isNarrow ? 'TB' : 'LR', ranksep: 64, nodesep: 24, edgesep: 24 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const service of services) {
    graph.setNode(String(service.ReferenceId), { width: isNarrow ? 92 : 150, height: 2 * radiusOf(service) + 52 })
  }
  for (const { ReferenceId, Edges } of services) {
    for (const edge of Edges) graph.setEdge(String(ReferenceId), String(edge.ReferenceId))
  }
  layout(graph)
  const spots = new Map<number, Spot>()
  for (const service of services) {
    const { x, y } = graph.node(String(service.ReferenceId))
    spots.set(service.ReferenceId, { x, y: y - 26, radius: radiusOf(service) })
  }
  const { width = 0, height = 0 } = graph.graph()
  return { spots, width, height }
}
