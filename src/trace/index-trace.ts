import type { Segment, Trace } from './assemble-trace.ts'
import { causesOf, exceptionsOf } from './causes-of.ts'
import { type Json, numberOf, objectOf, textOf } from '../bytes/json.ts'
import { calledService, type ServiceName, serviceOf } from './service-of.ts'
import type { Call, SegmentSummary, TraceIndex } from './trace-index.ts'

/** Finds in a trace what lists show and filters ask for. */
export function indexTrace(trace: Trace): TraceIndex {
  const segments = [...trace.segments.values()].sort((a, b) => a.start - b.start)
  const entry = trace.roots.find(({ isSubsegment }) => !isSubsegment) ?? trace.roots[0]
  const occurrences: SegmentSummary[] = []
  const places = new Map<Segment, number>()
  for (const segment of segments) {
    const called = segment.isSubsegment ? calledService(segment) : serviceOf(segment)
    // A subsegment whose segment was not received stands for it.
    const service = called ?? (segment.isSubsegment && segment.parent === undefined ? serviceOf(segment) : undefined)
    if (service === undefined) continue
    places.set(segment, occurrences.length)
    occurrences.push(occurrenceOf(segment, service, segment === entry, called !== undefined && segment.isSubsegment))
  }
  markEnds(occurrences)
  const start = segments[0]?.start ?? 0
  const end = segments.reduce((latest, segment) => Math.max(latest, segment.end ?? segment.start), start)
  const entryAt = entry === undefined ? -1 : places.get(entry) ?? -1
  return {
    id: trace.id,
    start,
    end,
    duration: round(end - start),
    responseTime: entry === undefined ? 0 : durationOf(entry),
    entry: entryAt,
    partial: segments.some(({ end: ended }) => ended === undefined) ||
      trace.roots.some(({ parentId }) => parentId !== undefined),
    segments: segments.length,
    occurrences,
    calls: callsOf(segments, places, occurrences, entry),
    causes: causesOf(trace),
  }
}

/** Seconds from start to end; 0 while it is in progress. */
export function durationOf({ start, end }: Segment): number {
  return end === undefined ? 0 : round(Math.max(0, end - start))
}

function callsOf(
  segments: readonly Segment[],
  places: ReadonlyMap<Segment, number>,
  occurrences: readonly SegmentSummary[],
  entry: Segment | undefined,
): Call[] {
  const calls: Call[] = []
  for (const segment of segments) {
    const to = places.get(segment)
    const own = to === undefined ? undefined : occurrences[to]
    if (to === undefined || own === undefined) continue
    const from = segment.parent === undefined ? undefined : reporterOf(segment.parent, places)
    if (from !== undefined && from !== to) {
      // A call to a service that reports is seen by the subsegment that made it.
      const caller = segment.isSubsegment || segment.parent?.isSubsegment !== true ? undefined : segment.parent
      calls.push({ from, to, seen: caller === undefined ? own : occurrenceOf(caller, own, false, false) })
    } else if (segment === entry) calls.push({ from: -1, to, seen: own })
  }
  return calls
}

/** The occurrence of the service that a segment is part of. */
function reporterOf(segment: Segment, places: ReadonlyMap<Segment, number>): number | undefined {
  for (let at: Segment | undefined = segment; at !== undefined; at = at.parent) {
    const place = places.get(at)
    if (place !== undefined) return place
  }
  return undefined
}

function occurrenceOf(segment: Segment, service: ServiceName, root: boolean, inferred: boolean): SegmentSummary {
  const { document } = segment
  const http = objectOf(document['http'])
  const request = objectOf(http['request'])
  const ec2 = objectOf(objectOf(document['aws'])['ec2'])
  const own = inferred ? [segment] : partsOf(segment)
  const is = (name: string): boolean => document[name] === true
  return {
    name: service.name,
    type: service.type,
    inferred,
    remote: document['namespace'] === 'remote',
    root,
    first: false,
    last: false,
    ok: !is('fault') && !is('error') && !is('throttle'),
    error: is('error') || is('throttle'),
    fault: is('fault'),
    throttle: is('throttle'),
    partial: segment.end === undefined,
    start: segment.start,
    responseTime: durationOf(segment),
    messages: own.flatMap(exceptionsOf).map(({ message }) => message),
    arns: [textOf(document['resource_arn'])].filter((arn) => arn !== undefined),
    annotations: Object.assign({}, ...own.map((part) => annotationsOf(part.document))),
    ...given('accountId', service.accountId),
    ...given('url', textOf(request['url'])),
    ...given('method', textOf(request['method'])),
    ...given('userAgent', textOf(request['user_agent'])),
    ...given('clientIp', textOf(request['client_ip'])),
    ...given('status', numberOf(objectOf(http['response'])['status'])),
    ...given('user', textOf(document['user'])),
    ...given('availabilityZone', textOf(ec2['availability_zone'])),
    ...given('instanceId', textOf(ec2['instance_id'])),
  }
}

/** A segment and the subsegments that are part of it. */
function partsOf(segment: Segment): Segment[] {
  return [segment, ...segment.children.filter(({ isSubsegment }) => isSubsegment).flatMap(partsOf)]
}

function annotationsOf(document: Json): Record<string, string | number | boolean> {
  const found: Record<string, string | number | boolean> = {}
  for (const [key, value] of Object.entries(objectOf(document['annotations']))) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') found[key] = value
  }
  return found
}

function markEnds(occurrences: SegmentSummary[]): void {
  // They are in the order of their start.
  const last = occurrences.length - 1
  occurrences.forEach((one, i) => {
    if (i === 0 || i === last) occurrences[i] = { ...one, first: i === 0, last: i === last }
  })
}

function given<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  const pair: { [key in K]?: V } = {}
  if (value !== undefined) pair[key] = value
  return pair
}

/** Microseconds are what clocks have. */
function round(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6
}
