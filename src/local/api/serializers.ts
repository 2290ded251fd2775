import { edgeEnds, type GraphNode, type ServiceGraph } from '../../trace/service-graph.ts'
import type { Counts, Statistics } from '../../trace/statistics.ts'
import type { CauseService, SegmentSummary, TraceIndex } from '../../trace/trace-index.ts'

/** A histogram in the form of the API. */
export function histogramShape(counts: Counts): object[] {
  const entries = Object.entries(counts).map(([value, count]) => ({ Value: Number(value), Count: count }))
  return entries.sort((a, b) => a.Value - b.Value)
}

/** SummaryStatistics of a service or an edge. */
export function statisticsShape({ ok, error, throttle, fault, count, time }: Statistics): object {
  return {
    OkCount: ok,
    ErrorStatistics: { ThrottleCount: throttle, OtherCount: error - throttle, TotalCount: error },
    FaultStatistics: { OtherCount: fault, TotalCount: fault },
    TotalCount: count,
    TotalResponseTime: time,
  }
}

/** The services of a graph, with the edges that leave them. @param range Unix seconds */
export function graphShape(graph: ServiceGraph, range: { from: number; to: number }): object[] {
  const references = new Map([...graph.nodes.keys()].map((key, i) => [key, i]))
  const edges = new Map<string, object[]>()
  for (const [key, statistics] of graph.edges) {
    const [from, to] = edgeEnds(key)
    const reference = references.get(to)
    if (reference === undefined) continue
    const list = edges.get(from) ?? []
    edges.set(from, list)
    list.push({
      ReferenceId: reference,
      StartTime: range.from,
      EndTime: range.to,
      SummaryStatistics: statisticsShape(statistics),
      ResponseTimeHistogram: histogramShape(statistics.histogram),
      Aliases: [],
    })
  }
  return [...graph.nodes].map(([key, node]) => ({
    ReferenceId: references.get(key),
    ...nameShape(node),
    Root: node.root,
    State: node.inferred ? 'unknown' : 'active',
    StartTime: range.from,
    EndTime: range.to,
    Edges: edges.get(key) ?? [],
    SummaryStatistics: statisticsShape(node.statistics),
    DurationHistogram: histogramShape(node.statistics.histogram),
    ResponseTimeHistogram: histogramShape(node.statistics.histogram),
  }))
}

/** A TraceSummary. */
export function summaryShape(facts: TraceIndex): object {
  const { occurrences, causes } = facts
  const entry = occurrences[facts.entry]
  return {
    Id: facts.id,
    StartTime: facts.start,
    Duration: facts.duration,
    ResponseTime: facts.responseTime,
    HasFault: occurrences.some(({ fault }) => fault),
    HasError: occurrences.some(({ error }) => error),
    HasThrottle: occurrences.some(({ throttle }) => throttle),
    IsPartial: facts.partial,
    Http: entry === undefined ? {} : httpShape(entry),
    Annotations: annotationsShape(occurrences),
    Users: usersShape(occurrences),
    ServiceIds: distinct(occurrences.map(nameShape)),
    ResourceARNs: distinct(occurrences.flatMap(({ arns }) => arns.map((ARN) => ({ ARN })))),
    InstanceIds: distinct(
      occurrences.flatMap(({ instanceId }) => (instanceId === undefined ? [] : [{ Id: instanceId }])),
    ),
    AvailabilityZones: distinct(
      occurrences.flatMap((
        { availabilityZone },
      ) => (availabilityZone === undefined ? [] : [{ Name: availabilityZone }])),
    ),
    ...(entry === undefined ? {} : { EntryPoint: nameShape(entry) }),
    FaultRootCauses: causes.fault.map((path) => ({ Services: path.map(causeShape), ClientImpacting: true })),
    ErrorRootCauses: causes.error.map((path) => ({ Services: path.map(causeShape), ClientImpacting: true })),
    ResponseTimeRootCauses: causes.responsetime.map((path) => ({
      Services: path.map((service) => ({
        ...nameShape(service),
        EntityPath: service.entities.map(({ name, coverage, remote }) => ({
          Name: name,
          Coverage: coverage,
          Remote: remote,
        })),
        Inferred: service.inferred,
      })),
      ClientImpacting: true,
    })),
    Revision: facts.segments,
    MatchedEventTime: facts.start,
  }
}

function nameShape({ name, type, accountId }: Pick<GraphNode, 'name' | 'type' | 'accountId'>): object {
  return {
    Name: name,
    Names: [name],
    ...(accountId === undefined ? {} : { AccountId: accountId }),
    ...(type === '' ? {} : { Type: type }),
  }
}

function httpShape({ url, status, method, userAgent, clientIp }: SegmentSummary): object {
  return {
    ...(url === undefined ? {} : { HttpURL: url }),
    ...(status === undefined ? {} : { HttpStatus: status }),
    ...(method === undefined ? {} : { HttpMethod: method }),
    ...(userAgent === undefined ? {} : { UserAgent: userAgent }),
    ...(clientIp === undefined ? {} : { ClientIp: clientIp }),
  }
}

function annotationsShape(occurrences: readonly SegmentSummary[]): object {
  const found = new Map<string, Map<unknown, { AnnotationValue: object; ServiceIds: object[] }>>()
  for (const one of occurrences) {
    for (const [key, value] of Object.entries(one.annotations)) {
      const values = found.get(key) ?? new Map()
      found.set(key, values)
      const entry = values.get(value) ?? { AnnotationValue: valueShape(value), ServiceIds: [] }
      values.set(value, entry)
      entry.ServiceIds.push(nameShape(one))
    }
  }
  return Object.fromEntries([...found].map(([key, values]) => [key, [...values.values()]]))
}

function valueShape(value: string | number | boolean): object {
  if (typeof value === 'string') return { StringValue: value }
  return typeof value === 'number' ? { NumberValue: value } : { BooleanValue: value }
}

function usersShape(occurrences: readonly SegmentSummary[]): object[] {
  const users = new Map<string, object[]>()
  for (const one of occurrences) {
    if (one.user === undefined) continue
    users.set(one.user, [...users.get(one.user) ?? [], nameShape(one)])
  }
  return [...users].map(([UserName, ServiceIds]) => ({ UserName, ServiceIds: distinct(ServiceIds) }))
}

function causeShape(service: CauseService): object {
  return {
    ...nameShape(service),
    EntityPath: service.entities.map(({ name, exceptions, remote }) => ({
      Name: name,
      Exceptions: exceptions.map((exception) => ({ Name: exception.name, Message: exception.message })),
      Remote: remote,
    })),
    Inferred: service.inferred,
  }
}

function distinct(list: readonly object[]): object[] {
  return [...new Map(list.map((entry) => [JSON.stringify(entry), entry])).values()]
}
