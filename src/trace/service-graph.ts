import { addStatistics, count, noStatistics, type Statistics } from './statistics.ts'
import type { SegmentSummary, TraceIndex } from './trace-index.ts'

/** A service on the map. */
export interface GraphNode {
  readonly name: string
  readonly type: string
  readonly accountId?: string
  inferred: boolean
  root: boolean
  readonly statistics: Statistics
}

/** The client outside, as X-Ray names it. */
const CLIENT = { name: 'clients', type: 'client' }

/** Services and the calls between them, with what came of the requests. It can be added to, and taken away from. */
export class ServiceGraph {
  readonly nodes: Map<string, GraphNode>
  /** By caller and called service. */
  readonly edges: Map<string, Statistics>

  constructor(saved: { nodes?: [string, GraphNode][]; edges?: [string, Statistics][] } = {}) {
    this.nodes = new Map(saved.nodes)
    this.edges = new Map(saved.edges)
  }

  /** Adds a trace. @param sign -1 takes one away that was added */
  count({ occurrences, calls }: TraceIndex, sign: 1 | -1): void {
    for (const one of occurrences) {
      const node = this.#node(one)
      node.inferred = node.inferred && one.inferred
      node.root = node.root || one.root
      count(node.statistics, one, sign)
      if (node.statistics.count <= 0) this.nodes.delete(keyOf(one))
    }
    for (const { from, to, seen } of calls) {
      const [caller, called] = [occurrences[from] ?? CLIENT, occurrences[to]]
      if (called === undefined) continue
      if (caller === CLIENT) this.#countClient(seen, sign)
      const key = edgeKey(keyOf(caller), keyOf(called))
      const edge = this.edges.get(key) ?? noStatistics()
      this.edges.set(key, edge)
      count(edge, seen, sign)
      if (edge.count <= 0) this.edges.delete(key)
    }
  }

  #countClient(seen: SegmentSummary, sign: 1 | -1): void {
    const key = keyOf(CLIENT)
    const node = this.nodes.get(key) ?? { ...CLIENT, inferred: true, root: false, statistics: noStatistics() }
    this.nodes.set(key, node)
    count(node.statistics, seen, sign)
    if (node.statistics.count <= 0) this.nodes.delete(key)
  }

  #node(one: SegmentSummary): GraphNode {
    const key = keyOf(one)
    let node = this.nodes.get(key)
    if (node === undefined) {
      const { name, type, accountId } = one
      const account = accountId === undefined ? {} : { accountId }
      node = { name, type, ...account, inferred: true, root: false, statistics: noStatistics() }
      this.nodes.set(key, node)
    }
    return node
  }

  /** Adds another graph. */
  add(other: ServiceGraph): void {
    for (const [key, node] of other.nodes) {
      const own = this.nodes.get(key) ?? { ...node, statistics: noStatistics() }
      own.inferred = own.inferred && node.inferred
      own.root = own.root || node.root
      addStatistics(own.statistics, node.statistics)
      this.nodes.set(key, own)
    }
    for (const [key, edge] of other.edges) {
      const own = this.edges.get(key) ?? noStatistics()
      addStatistics(own, edge)
      this.edges.set(key, own)
    }
  }

  toJSON(): object {
    return { nodes: [...this.nodes], edges: [...this.edges] }
  }
}

/** What a service is known by: its name and type. */
export function keyOf({ name, type }: { readonly name: string; readonly type: string }): string {
  return `${name}\u0000${type}`
}

/** What an edge is known by: the keys of both ends. */
export function edgeKey(from: string, to: string): string {
  return `${from}\u0001${to}`
}

/** The keys of both ends of an edge. */
export function edgeEnds(key: string): [from: string, to: string] {
  const [from = '', to = ''] = key.split('\u0001')
  return [from, to]
}
