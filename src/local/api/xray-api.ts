import { Hono } from 'hono'
import { indexTrace } from '../../trace/index-trace.ts'
import type { Expression } from '../../trace/filter/expression.ts'
import type { GroupLookup } from '../../trace/filter/match-filter.ts'
import { parseFilter } from '../../trace/filter/parse-filter.ts'
import { type Json, listOf, textOf } from '../../bytes/json.ts'
import type { LocalStore } from '../store/local-store.ts'
import { SavedSettings } from '../store/saved-settings.ts'
import { edgeEnds, ServiceGraph } from '../../trace/service-graph.ts'
import { addStatistics, noStatistics, type Statistics } from '../../trace/statistics.ts'
import { ApiError } from './api-error.ts'
import { checkDocument } from '../../trace/check-document.ts'
import { type Group, Groups } from './groups.ts'
import { filterIn, rangeIn, shareIn, textsIn, timeRangeTypeIn } from './input.ts'
import { jsonCall } from './json-call.ts'
import { type RuleRecord, Sampling } from './sampling.ts'
import { graphShape, histogramShape, statisticsShape, summaryShape } from './serializers.ts'

/** Traces on a page of GetTraceSummaries. */
const PAGE = 100
/** More traces than this are not looked at for the map of a filter. */
const MOST_TRACES = 20_000

/** X-Ray's API over the local store (https://docs.aws.amazon.com/xray/latest/api/API_Operations.html). */
export class XrayApi {
  readonly sampling: Sampling
  readonly #groups: Groups
  readonly #calls: Readonly<Record<string, (input: Json) => object>>

  constructor(private readonly store: LocalStore) {
    const now = (): number => Date.now() / 1000
    const sampling = this.sampling = new Sampling(new SavedSettings<RuleRecord>(() => store.db, 'rule'), now)
    const groups = this.#groups = new Groups(new SavedSettings<Group>(() => store.db, 'group'))
    this.#calls = {
      '/TraceSegments': (input) => this.#putTraceSegments(input),
      '/TelemetryRecords': () => ({}),
      '/TraceSummaries': (input) => this.#getTraceSummaries(input),
      '/Traces': (input) => this.#batchGetTraces(input),
      '/ServiceGraph': (input) => this.#getServiceGraph(input),
      '/TraceGraph': (input) => this.#getTraceGraph(input),
      '/TimeSeriesServiceStatistics': (input) => this.#getTimeSeries(input),
      '/GetSamplingRules': () => sampling.rules(),
      '/SamplingTargets': (input) => sampling.targets(input),
      '/SamplingStatisticSummaries': () => sampling.statistics(),
      '/CreateSamplingRule': (input) => sampling.create(input),
      '/UpdateSamplingRule': (input) => sampling.update(input),
      '/DeleteSamplingRule': (input) => sampling.delete(input),
      '/Groups': () => groups.list(),
      '/CreateGroup': (input) => groups.create(input),
      '/GetGroup': (input) => groups.get(input),
      '/UpdateGroup': (input) => groups.update(input),
      '/DeleteGroup': (input) => groups.delete(input),
    }
  }

  /** Finds the expressions of groups. */
  readonly groups: GroupLookup = (by, value) => this.#groups.expression(by, value)

  /** The routes of all calls: POST with a JSON body. */
  routes(): Hono {
    const app = new Hono()
    for (const [path, call] of Object.entries(this.#calls)) {
      app.post(path, (c) => jsonCall(c, call))
    }
    return app
  }

  #putTraceSegments(input: Json): object {
    const documents = textsIn(input, 'TraceSegmentDocuments', 50)
    const flaws = documents.map(checkDocument)
    this.store.put(documents.filter((_, i) => flaws[i] === undefined))
    return { UnprocessedTraceSegments: flaws.filter((flaw) => flaw !== undefined) }
  }

  #getTraceSummaries(input: Json): object {
    const page = this.store.find({
      ...rangeIn(input),
      by: timeRangeTypeIn(input),
      share: shareIn(input),
      filter: filterIn(input),
      groups: this.groups,
      limit: PAGE,
      after: cursorIn(input),
    })
    return {
      TraceSummaries: page.traces.map(summaryShape),
      ApproximateTime: Date.now() / 1000,
      TracesProcessedCount: page.processed,
      ...(page.next === undefined ? {} : { NextToken: btoa(JSON.stringify([page.next.start, page.next.key])) }),
    }
  }

  #batchGetTraces(input: Json): object {
    const ids = textsIn(input, 'TraceIds', 5)
    const found = ids.map((id) => ({ id, known: this.store.trace(id) }))
    return {
      Traces: found.flatMap(({ id, known }) => {
        if (known === undefined) return []
        const { duration } = indexTrace(known)
        // Those inside of other documents come with them.
        const whole = [...known.segments.values()].filter(({ document }) => 'trace_id' in document)
        const Segments = whole.map((segment) => ({ Id: segment.id, Document: JSON.stringify(segment.document) }))
        return [{ Id: id, Duration: duration, LimitExceeded: false, Segments }]
      }),
      UnprocessedTraceIds: found.flatMap(({ id, known }) => (known === undefined ? [id] : [])),
    }
  }

  #getServiceGraph(input: Json): object {
    const range = rangeIn(input)
    const group = this.#groupIn(input)
    const graph = group === undefined ? this.store.graph(range.from, range.to) : this.#graphOf(group, range)
    return {
      StartTime: range.from,
      EndTime: range.to,
      Services: graphShape(graph, range),
      ContainsOldGroupVersions: false,
    }
  }

  #groupIn(input: Json): Expression | undefined {
    const name = textOf(input['GroupName'])
    const arn = textOf(input['GroupARN'])
    if (name !== undefined) return this.#groups.expression('name', name)
    return arn === undefined ? undefined : this.#groups.expression('arn', arn)
  }

  /** The map of the traces that a filter asks for. */
  #graphOf(filter: Expression, range: { from: number; to: number }): ServiceGraph {
    const graph = new ServiceGraph()
    const { traces } = this.store.find({ ...range, filter, limit: MOST_TRACES })
    for (const facts of traces) graph.count(facts, 1)
    return graph
  }

  #getTraceGraph(input: Json): object {
    const graph = new ServiceGraph()
    let [from, to] = [Infinity, -Infinity]
    for (const id of textsIn(input, 'TraceIds', 5)) {
      const known = this.store.trace(id)
      if (known === undefined) continue
      const facts = indexTrace(known)
      graph.count(facts, 1)
      from = Math.min(from, facts.start)
      to = Math.max(to, facts.end)
    }
    return { Services: graph.nodes.size === 0 ? [] : graphShape(graph, { from, to }) }
  }

  /** Statistics of each period, of the services or edges that an expression asks for. */
  #getTimeSeries(input: Json): object {
    const { from, to } = rangeIn(input)
    const period = Number(input['Period'] ?? 60)
    if (period !== 60 && period !== 300) throw new ApiError('Period is to be 60 or 300 seconds')
    const selected = textOf(input['EntitySelectorExpression'])
    const expression = selected === undefined ? undefined : parseFilter(selected)
    const periods = new Map<number, Statistics>()
    for (const { minute, graph } of this.store.minutes(from, to)) {
      const at = Math.floor((minute * 60) / period) * period
      const statistics = periods.get(at) ?? noStatistics()
      periods.set(at, statistics)
      for (const one of selectStatistics(graph, expression)) addStatistics(statistics, one)
    }
    const name = expression?.kind === 'edge' ? 'EdgeSummaryStatistics' : 'ServiceSummaryStatistics'
    return {
      TimeSeriesServiceStatistics: [...periods].map(([Timestamp, statistics]) => ({
        Timestamp,
        [name]: statisticsShape(statistics),
        ResponseTimeHistogram: histogramShape(statistics.histogram),
      })),
      ContainsOldGroupVersions: false,
    }
  }
}

function selectStatistics(graph: ServiceGraph, expression: Expression | undefined): Statistics[] {
  if (expression === undefined) {
    // The entries: each request from outside once.
    return [...graph.nodes.values()].filter(({ root }) => root).map(({ statistics }) => statistics)
  }
  if (expression.kind === 'service') {
    const { name, type } = expression.service
    const nodes = [...graph.nodes.values()].filter((node) =>
      (name === undefined || node.name === name) && (type === undefined || node.type === type)
    )
    return nodes.map(({ statistics }) => statistics)
  }
  if (expression.kind === 'edge') {
    const { from, to } = expression
    const isAt = (key: string, end: typeof from): boolean => {
      const node = graph.nodes.get(key)
      return (end.name === undefined || node?.name === end.name) && (end.type === undefined || node?.type === end.type)
    }
    return [...graph.edges].flatMap(([key, statistics]) => {
      const [caller, called] = edgeEnds(key)
      return isAt(caller, from) && isAt(called, to) ? [statistics] : []
    })
  }
  throw new ApiError('EntitySelectorExpression is to be service(…) or edge(…)')
}

function cursorIn(input: Json): { start: number; key: number } | undefined {
  const token = textOf(input['NextToken'])
  if (token === undefined) return undefined
  try {
    const [start, key] = listOf(JSON.parse(atob(token))).map(Number)
    if (start === undefined || key === undefined || Number.isNaN(start + key)) throw new TypeError('Expected numbers')
    return { start, key }
  } catch {
    throw new ApiError('NextToken is none that was given out')
  }
}
