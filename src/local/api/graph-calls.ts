import { type Json, textOf } from '../../bytes/json.ts'
import type { ServiceGraphAnswer, TimeSeriesAnswer, TraceGraphAnswer } from '../../trace/api/graph-answers.ts'
import type { Expression, Selector } from '../../trace/filter/expression.ts'
import type { GroupLookup } from '../../trace/filter/match-filter.ts'
import { parseFilter } from '../../trace/filter/parse-filter.ts'
import { indexTrace } from '../../trace/index-trace.ts'
import { edgeEnds, ServiceGraph } from '../../trace/service-graph.ts'
import { addStatistics, noStatistics, type Statistics } from '../../trace/statistics.ts'
import type { LocalStore } from '../store/local-store.ts'
import { ApiError, requiredTexts, type TimeRange, timeRange } from './request.ts'
import { toHistogram, toServices, toSummaryStatistics } from './serializers.ts'

/** The most traces that the graph of a group is computed from: the newest. */
const MAX_TRACES = 20_000
/** Ids in GetTraceGraph at most. */
const MAX_IDS = 5

/** The calls that read service graphs. */
export class GraphCalls {
  /** @param groups finds the filter of a group */
  constructor(private readonly store: LocalStore, private readonly groups: GroupLookup) {}

  /** GetServiceGraph. */
  getServiceGraph(input: Json): ServiceGraphAnswer {
    const range = timeRange(input)
    const filter = this.#groupFilter(input)
    const graph = filter === undefined ? this.store.graph(range.from, range.to) : this.#graphOf(filter, range)
    return {
      StartTime: range.from,
      EndTime: range.to,
      Services: toServices(graph, range),
      ContainsOldGroupVersions: false,
    }
  }

  #groupFilter(input: Json): Expression | undefined {
    const name = textOf(input['GroupName'])
    const arn = textOf(input['GroupARN'])
    if (name !== undefined) return this.groups('name', name)
    return arn === undefined ? undefined : this.groups('arn', arn)
  }

  /** The graph of the traces that match a filter. */
  #graphOf(filter: Expression, range: TimeRange): ServiceGraph {
    const graph = new ServiceGraph()
    for (const trace of this.store.find({ ...range, filter, limit: MAX_TRACES }).traces) graph.count(trace, 1)
    return graph
  }

  /** GetTraceGraph. */
  getTraceGraph(input: Json): TraceGraphAnswer {
    const graph = new ServiceGraph()
    let [from, to] = [Infinity, -Infinity]
    for (const id of requiredTexts(input, 'TraceIds', MAX_IDS)) {
      const trace = this.store.trace(id)
      if (trace === undefined) continue
      const index = indexTrace(trace)
      graph.count(index, 1)
      from = Math.min(from, index.start)
      to = Math.max(to, index.end)
    }
    return { Services: graph.nodes.size === 0 ? [] : toServices(graph, { from, to }) }
  }

  /** GetTimeSeriesServiceStatistics. */
  getTimeSeries(input: Json): TimeSeriesAnswer {
    const { from, to } = timeRange(input)
    const period = Number(input['Period'] ?? 60)
    if (period !== 60 && period !== 300) throw new ApiError('Period must be 60 or 300 seconds')
    const selector = textOf(input['EntitySelectorExpression'])
    const expression = selector === undefined ? undefined : parseFilter(selector)
    const periods = new Map<number, Statistics>()
    for (const { minute, graph } of this.store.minutes(from, to)) {
      const start = Math.floor((minute * 60) / period) * period
      const statistics = periods.get(start) ?? noStatistics()
      periods.set(start, statistics)
      for (const selected of selectStatistics(graph, expression)) addStatistics(statistics, selected)
    }
    const member = expression?.kind === 'edge' ? 'EdgeSummaryStatistics' : 'ServiceSummaryStatistics'
    return {
      TimeSeriesServiceStatistics: [...periods].map(([Timestamp, statistics]) => ({
        Timestamp,
        [member]: toSummaryStatistics(statistics),
        ResponseTimeHistogram: toHistogram(statistics.histogram),
      })),
      ContainsOldGroupVersions: false,
    }
  }
}

/** Statistics of the services or edges that an expression selects; without one, of the services where traces begin. */
function selectStatistics(graph: ServiceGraph, expression: Expression | undefined): Statistics[] {
  const nodes = [...graph.nodes.values()]
  if (expression === undefined) return nodes.filter(({ root }) => root).map(({ statistics }) => statistics)
  if (expression.kind === 'service') {
    return nodes.filter((node) => isSelected(node, expression.service)).map(({ statistics }) => statistics)
  }
  if (expression.kind === 'edge') {
    return [...graph.edges].flatMap(([key, statistics]) => {
      const [from, to] = edgeEnds(key).map((end) => graph.nodes.get(end))
      return isSelected(from, expression.from) && isSelected(to, expression.to) ? [statistics] : []
    })
  }
  throw new ApiError('EntitySelectorExpression must be service(…) or edge(…)')
}

function isSelected(node: { name: string; type: string } | undefined, { name, type }: Selector): boolean {
  return (name === undefined || node?.name === name) && (type === undefined || node?.type === type)
}
