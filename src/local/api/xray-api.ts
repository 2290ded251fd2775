import { Hono } from 'hono'
import type { Json } from '../../bytes/json.ts'
import type { GroupLookup } from '../../trace/filter/match-filter.ts'
import type { LocalStore } from '../store/local-store.ts'
import { GraphCalls } from './graph-calls.ts'
import { type Group, Groups } from './groups.ts'
import { answer } from './request.ts'
import { Sampling, type SamplingRuleRecord } from './sampling.ts'
import { TraceCalls } from './trace-calls.ts'

/** X-Ray's API over the local store (https://docs.aws.amazon.com/xray/latest/api/API_Operations.html). */
export class XrayApi {
  /** Finds the filter of a group by its name or ARN. */
  readonly groups: GroupLookup
  readonly #calls: Readonly<Record<string, (input: Json) => object>>

  constructor(store: LocalStore) {
    const groups = new Groups(store.records<Group>('group'))
    const sampling = new Sampling(store.records<SamplingRuleRecord>('rule'), () => Date.now() / 1000)
    this.groups = (by, value) => groups.expression(by, value)
    const traces = new TraceCalls(store, this.groups)
    const graphs = new GraphCalls(store, this.groups)
    this.#calls = {
      '/TraceSegments': (input) => traces.putTraceSegments(input),
      '/TelemetryRecords': () => ({}),
      '/TraceSummaries': (input) => traces.getTraceSummaries(input),
      '/Traces': (input) => traces.batchGetTraces(input),
      '/ServiceGraph': (input) => graphs.getServiceGraph(input),
      '/TraceGraph': (input) => graphs.getTraceGraph(input),
      '/TimeSeriesServiceStatistics': (input) => graphs.getTimeSeries(input),
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

  /** The routes of all calls: POST with a JSON body. */
  routes(): Hono {
    const app = new Hono()
    for (const [path, call] of Object.entries(this.#calls)) app.post(path, (c) => answer(c, call))
    return app
  }
}
