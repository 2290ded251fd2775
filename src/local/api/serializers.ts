import type { Edge, HistogramEntry, Service, ServiceId, SummaryStatistics } from '../../trace/api/graph-answers.ts'
import type {
  AnnotationValue,
  Http,
  ResponseTimeRootCauseEntity,
  RootCause,
  RootCauseEntity,
  TraceSummary,
  TraceUser,
  ValueWithServiceIds,
} from '../../trace/api/trace-answers.ts'
import { edgeEnds, type GraphNode, type ServiceGraph } from '../../trace/service-graph.ts'
import type { Histogram, Statistics } from '../../trace/statistics.ts'
import type { CauseEntity, CauseService, SegmentSummary, TraceIndex } from '../../trace/trace-index.ts'

/** A histogram in the form of the API: entries sorted by their value. */
export function toHistogram(histogram: Histogram): HistogramEntry[] {
  const entries = Object.entries(histogram).map(([value, count]) => ({ Value: Number(value), Count: count }))
  return entries.sort((a, b) => a.Value - b.Value)
}

/** The statistics of a service or an edge in the form of the API. */
export function toSummaryStatistics({ ok, error, throttle, fault, count, time }: Statistics): SummaryStatistics {
  return {
    OkCount: ok,
    ErrorStatistics: { ThrottleCount: throttle, OtherCount: error - throttle, TotalCount: error },
    FaultStatistics: { OtherCount: fault, TotalCount: fault },
    TotalCount: count,
    TotalResponseTime: time,
  }
}

/** The services of a graph, each with the edges that leave it. @param range Unix seconds, the times of each service */
export function toServices(graph: ServiceGraph, range: { from: number; to: number }): Service[] {
  const times = { StartTime: range.from, EndTime: range.to }
  const references = new Map([...graph.nodes.keys()].map((key, i) => [key, i]))
  const edges = new Map<string, Edge[]>()
  for (const [key, statistics] of graph.edges) {
    const [from, to] = edgeEnds(key)
    const reference = references.get(to)
    if (reference === undefined) continue
    const list = edges.get(from) ?? []
    edges.set(from, list)
    list.push({
      ReferenceId: reference,
      ...times,
      SummaryStatistics: toSummaryStatistics(statistics),
      ResponseTimeHistogram: toHistogram(statistics.histogram),
      Aliases: [],
    })
  }
  return [...graph.nodes].map(([key, node], i) => ({
    ReferenceId: i,
    ...toServiceId(node),
    Root: node.root,
    State: node.inferred ? 'unknown' : 'active',
    ...times,
    Edges: edges.get(key) ?? [],
    SummaryStatistics: toSummaryStatistics(node.statistics),
    DurationHistogram: toHistogram(node.statistics.histogram),
    ResponseTimeHistogram: toHistogram(node.statistics.histogram),
  }))
}

/** A trace as GetTraceSummaries returns it. */
export function toTraceSummary(trace: TraceIndex): TraceSummary {
  const { summaries, causes } = trace
  const entry = summaries[trace.entry]
  return {
    Id: trace.id,
    StartTime: trace.start,
    Duration: trace.duration,
    ResponseTime: trace.responseTime,
    HasFault: entry?.fault ?? false,
    HasError: entry?.error ?? false,
    HasThrottle: summaries.some(({ throttle }) => throttle),
    IsPartial: trace.partial,
    Http: entry === undefined ? {} : toHttp(entry),
    Annotations: toAnnotations(summaries),
    Users: toUsers(summaries),
    ServiceIds: distinct(summaries.map(toServiceId)),
    ResourceARNs: distinct(summaries.flatMap(({ arns }) => arns.map((ARN) => ({ ARN })))),
    InstanceIds: distinct(
      summaries.flatMap(({ instanceId }) => (instanceId === undefined ? [] : [{ Id: instanceId }])),
    ),
    AvailabilityZones: distinct(
      summaries.flatMap(({ availabilityZone: zone }) => (zone === undefined ? [] : [{ Name: zone }])),
    ),
    ...(entry === undefined ? {} : { EntryPoint: toServiceId(entry) }),
    FaultRootCauses: causes.fault.map((path) => toRootCause(path, toRootCauseEntity, entry?.fault ?? false)),
    ErrorRootCauses: causes.error.map((path) => toRootCause(path, toRootCauseEntity, entry?.error ?? false)),
    ResponseTimeRootCauses: causes.responsetime.map((path) => toRootCause(path, toResponseTimeEntity, true)),
    Revision: trace.segmentCount,
    MatchedEventTime: trace.start,
  }
}

function toServiceId({ name, type, accountId }: Pick<GraphNode, 'name' | 'type' | 'accountId'>): ServiceId {
  return {
    Name: name,
    Names: [name],
    ...(accountId === undefined ? {} : { AccountId: accountId }),
    ...(type === '' ? {} : { Type: type }),
  }
}

function toHttp({ url, status, method, userAgent, clientIp }: SegmentSummary): Http {
  return {
    ...(url === undefined ? {} : { HttpURL: url }),
    ...(status === undefined ? {} : { HttpStatus: status }),
    ...(method === undefined ? {} : { HttpMethod: method }),
    ...(userAgent === undefined ? {} : { UserAgent: userAgent }),
    ...(clientIp === undefined ? {} : { ClientIp: clientIp }),
  }
}

function toAnnotations(summaries: readonly SegmentSummary[]): Record<string, ValueWithServiceIds[]> {
  const found = new Map<string, Map<string | number | boolean, ServiceId[]>>()
  for (const summary of summaries) {
    for (const [key, value] of Object.entries(summary.annotations)) {
      const values = found.get(key) ?? new Map<string | number | boolean, ServiceId[]>()
      found.set(key, values)
      const ids = values.get(value) ?? []
      values.set(value, ids)
      ids.push(toServiceId(summary))
    }
  }
  return Object.fromEntries(
    [...found].map(([key, values]) => [
      key,
      [...values].map(([value, ids]) => ({ AnnotationValue: toAnnotationValue(value), ServiceIds: ids })),
    ]),
  )
}

function toAnnotationValue(value: string | number | boolean): AnnotationValue {
  if (typeof value === 'string') return { StringValue: value }
  return typeof value === 'number' ? { NumberValue: value } : { BooleanValue: value }
}

function toUsers(summaries: readonly SegmentSummary[]): TraceUser[] {
  const users = new Map<string, ServiceId[]>()
  for (const summary of summaries) {
    if (summary.user === undefined) continue
    const ids = users.get(summary.user) ?? []
    users.set(summary.user, ids)
    ids.push(toServiceId(summary))
  }
  return [...users].map(([UserName, ServiceIds]) => ({ UserName, ServiceIds: distinct(ServiceIds) }))
}

/** @param isClientImpacting whether the client of the trace met the cause, too */
function toRootCause<E>(
  path: readonly CauseService[],
  toEntity: (entity: CauseEntity) => E,
  isClientImpacting: boolean,
): RootCause<E> {
  const services = path.map((service) => ({
    ...toServiceId(service),
    EntityPath: service.entities.map(toEntity),
    Inferred: service.inferred,
  }))
  return { Services: services, ClientImpacting: isClientImpacting }
}

function toRootCauseEntity({ name, exceptions, remote }: CauseEntity): RootCauseEntity {
  return {
    Name: name,
    Exceptions: exceptions.map((exception) => ({ Name: exception.name, Message: exception.message })),
    Remote: remote,
  }
}

function toResponseTimeEntity({ name, coverage, remote }: CauseEntity): ResponseTimeRootCauseEntity {
  return { Name: name, Coverage: coverage, Remote: remote }
}

/** The list without repetitions. */
function distinct<T>(list: readonly T[]): T[] {
  return [...new Map(list.map((entry) => [JSON.stringify(entry), entry])).values()]
}
