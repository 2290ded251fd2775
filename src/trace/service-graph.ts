import { addStatistics, countRequest, noStatistics, type Statistics } from './statistics.ts'
import type { SegmentSummary, TraceIndex } from './trace-index.ts'

/** A service of the graph. */
export interface GraphNode {
  readonly name: string
  readonly type: string
  readonly accountId?: string
  /** It sent no segment of its own in any trace. */
  inferred: boolean
  /** A trace begins here. */
  root: boolean
  readonly statistics: Statistics
}

/** The client outside, as X-Ray names it. */
const CLIENT = { name: 'clients', type: 'client' }

/** Services and the calls between them, with statistics of the requests. Traces can be added and subtracted. */
export class ServiceGraph {
  /** By {@link keyOf}. */
  readonly nodes: Map<string, GraphNode>
  /** By {@link edgeKey}. */
  readonly edges: Map<string, Statistics>

  /** @param saved what {@link toJSON} returned; an empty graph if absent */
  constructor(saved: { nodes?: [string, GraphNode][]; edges?: [string, Statistics][] } = {}) {
    this.nodes = new Map(saved.nodes)
    this.edges = new Map(saved.edges)
  }

  /** Adds a trace. @param sign -1 to subtract a trace that was added */
  count({ summaries, calls }: TraceIndex, sign: 1 | -1): void {
    for (const summary of summaries) {
      const node = this.#nodeOf(summary)
      node.inferred = node.inferred && summary.inferred
      node.root = node.root || summary.root
      countRequest(node.statistics, summary, sign)
      if (node.statistics.count <= 0) this.nodes.delete(keyOf(summary))
    }
    for (const { from, to, seen } of calls) {
      const [caller, called] = [summaries[from] ?? CLIENT, summaries[to]]
      if (called === undefined) continue
      if (caller === CLIENT) this.#countClient(seen, sign)
      const key = edgeKey(keyOf(caller), keyOf(called))
      const edge = this.edges.get(key) ?? noStatistics()
      this.edges.set(key, edge)
      countRequest(edge, seen, sign)
      if (edge.count <= 0) this.edges.delete(key)
    }
  }

  #countClient(request: SegmentSummary, sign: 1 | -1): void {
    const key = keyOf(CLIENT)
    const node = this.nodes.get(key) ?? { ...CLIENT, inferred: true, root: false, statistics: noStatistics() }
    this.nodes.set(key, node)
    countRequest(node.statistics, request, sign)
    if (node.statistics.count <= 0) this.nodes.delete(key)
  }

  #nodeOf(summary: SegmentSummary): GraphNode {
    const key = keyOf(summary)
    let node = this.nodes.get(key)
    if (node === undefined) {
      const { name, type, accountId } = summary
      const account = accountId === undefined ? {} : { accountId }
      node = { name, type, ...account, inferred: true, root: false, statistics: noStatistics() }
      this.nodes.set(key, node)
    }
    return node
  }

  /** Adds the nodes and edges of another graph, which stays as it is. */
  add(other: ServiceGraph): void {
    for (const [key, added] of other.nodes) {
      const node = this.nodes.get(key) ?? { ...added, statistics: noStatistics() }
      node.inferred = node.inferred && added.inferred
      node.root = node.root || added.root
      addStatistics(node.statistics, added.statistics)
      this.nodes.set(key, node)
    }
    for (const [key, added] of other.edges) {
      const edge = this.edges.get(key) ?? noStatistics()
      addStatistics(edge, added)
      this.edges.set(key, edge)
    }
  }

  /** The graph as JSON, for the constructor. */
  toJSON(): object {
    return { nodes: [...this.nodes], edges: [...this.edges] }
  }
}

/** The key of a service: its name and type. */
export function keyOf({ name, type }: { readonly name: string; readonly type: string }): string {
  return `${name}\u0000${type}`
}

/** The key of an edge. @param from the key of the caller @param to the key of the called service */
export function edgeKey(from: string, to: string): string {
  return `${from}\u0001${to}`
}

/** The keys of both ends of an edge. @param key of {@link edgeKey} */
export function edgeEnds(key: string): [from: string, to: string] {
  const [from = '', to = ''] = key.split('\u0001')
  return [from, to]
}
