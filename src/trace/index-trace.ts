import { type Json, numberOf, objectOf, textOf } from '../bytes/json.ts'
import type { Segment, Trace } from './assemble-trace.ts'
import { causesOf, exceptionsOf } from './causes-of.ts'
import { calledService, type ServiceName, serviceOf } from './service-of.ts'
import type { Call, SegmentSummary, TraceIndex } from './trace-index.ts'

/** Computes what lists show of a trace and filters ask for. */
export function indexTrace(trace: Trace): TraceIndex {
  const segments = [...trace.segments.values()].sort((a, b) => a.start - b.start)
  const entry = trace.roots.find(({ isSubsegment }) => !isSubsegment) ?? trace.roots[0]
  const { summaries, positions } = summariseSegments(segments, entry)
  const { start, end } = timesOf(trace)
  return {
    id: trace.id,
    start,
    end,
    duration: toMicroseconds(end - start),
    responseTime: entry === undefined ? 0 : durationOf(entry),
    entry: entry === undefined ? -1 : positions.get(entry) ?? -1,
    partial: segments.some((segment) => segment.end === undefined) ||
      trace.roots.some(({ parentId }) => parentId !== undefined),
    segmentCount: segments.length,
    summaries,
    calls: callsOf(segments, positions, summaries, entry),
    causes: causesOf(trace),
  }
}

/** The first start and the last end of a trace's segments, in Unix seconds; 0 if it has none. */
export function timesOf({ segments }: Trace): { readonly start: number; readonly end: number } {
  if (segments.size === 0) return { start: 0, end: 0 }
  let [start, end] = [Infinity, -Infinity]
  for (const segment of segments.values()) {
    start = Math.min(start, segment.start)
    end = Math.max(end, segment.end ?? segment.start)
  }
  return { start, end: Math.max(start, end) }
}

/** Seconds from the first start to the last end of a trace's segments. */
export function durationOfTrace(trace: Trace): number {
  const { start, end } = timesOf(trace)
  return toMicroseconds(end - start)
}

/** Seconds from start to end; 0 while the segment is in progress. */
export function durationOf({ start, end }: Segment): number {
  return end === undefined ? 0 : toMicroseconds(Math.max(0, end - start))
}

interface Summaries {
  readonly summaries: SegmentSummary[]
  /** Where in {@link summaries} a segment is; absent if it is a part of its parent. */
  readonly positions: ReadonlyMap<Segment, number>
}

/** @param segments in the order of their start */
function summariseSegments(segments: readonly Segment[], entry: Segment | undefined): Summaries {
  const summaries: SegmentSummary[] = []
  const positions = new Map<Segment, number>()
  for (const segment of segments) {
    const called = segment.isSubsegment ? calledService(segment) : serviceOf(segment)
    // A subsegment stands for its segment if that was not received.
    const service = called ?? (segment.isSubsegment && segment.parent === undefined ? serviceOf(segment) : undefined)
    if (service === undefined) continue
    positions.set(segment, summaries.length)
    const inferred = called !== undefined && segment.isSubsegment
    summaries.push(summariseSegment(segment, service, { inferred, root: segment === entry }))
  }
  return { summaries: markEnds(summaries), positions }
}

function callsOf(
  segments: readonly Segment[],
  positions: ReadonlyMap<Segment, number>,
  summaries: readonly SegmentSummary[],
  entry: Segment | undefined,
): Call[] {
  const calls: Call[] = []
  const callers = new CallerParts()
  for (const segment of segments) {
    const to = positions.get(segment)
    const called = to === undefined ? undefined : summaries[to]
    if (to === undefined || called === undefined) continue
    const from = segment.parent === undefined ? undefined : reporterOf(segment.parent, positions)
    if (from !== undefined && from !== to) {
      // The subsegment that made the call shows how the caller saw a service that sent a segment of its own.
      const caller = segment.isSubsegment || segment.parent?.isSubsegment !== true ? undefined : segment.parent
      calls.push({
        from,
        to,
        seen: caller === undefined ? called : summariseSegment(caller, called, { parts: callers.of(caller) }),
      })
    } else if (segment === entry) calls.push({ from: -1, to, seen: called })
  }
  return calls
}

/** The position of the service that a segment is a part of. */
function reporterOf(segment: Segment, positions: ReadonlyMap<Segment, number>): number | undefined {
  for (let at: Segment | undefined = segment; at !== undefined; at = at.parent) {
    const position = positions.get(at)
    if (position !== undefined) return position
  }
  return undefined
}

function summariseSegment(
  segment: Segment,
  service: ServiceName,
  { inferred = false, root = false, parts = describeParts(inferred ? [segment] : partsOf(segment)) } = {},
): SegmentSummary {
  const { document } = segment
  const http = objectOf(document['http'])
  const request = objectOf(http['request'])
  const ec2 = objectOf(objectOf(document['aws'])['ec2'])
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
    messages: parts.messages,
    arns: [textOf(document['resource_arn'])].filter((arn) => arn !== undefined),
    annotations: parts.annotations,
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

/** A segment and the subsegments that are part of it, from the top down. */
function partsOf(segment: Segment): Segment[] {
  const parts: Segment[] = []
  const open = [segment]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    parts.push(next)
    for (const child of next.children.toReversed()) if (child.isSubsegment) open.push(child)
  }
  return parts
}

/** What the parts of a segment say. */
type PartsDescription = Pick<SegmentSummary, 'messages' | 'annotations'>

function describeParts(parts: readonly Segment[]): PartsDescription {
  const annotations = {}
  for (const part of parts) Object.assign(annotations, annotationsOf(part.document))
  return { messages: parts.flatMap(exceptionsOf).map(({ message }) => message), annotations }
}

/** Characters of what callers say in all calls of a trace: a call is described for each service that it led to. */
const MAX_CALLER_CHARACTERS = 1 << 20

/** What the parts of callers say, worked out once for each, and left out once it is too much. */
class CallerParts {
  readonly #known = new Map<Segment, { readonly parts: PartsDescription; readonly characters: number }>()
  #characters = 0

  of(caller: Segment): PartsDescription {
    let known = this.#known.get(caller)
    if (known === undefined) {
      const parts = this.#characters > MAX_CALLER_CHARACTERS ? nothing : describeParts(partsOf(caller))
      known = { parts, characters: JSON.stringify(parts).length - JSON.stringify(nothing).length }
      this.#known.set(caller, known)
    }
    this.#characters += known.characters
    return this.#characters > MAX_CALLER_CHARACTERS ? nothing : known.parts
  }
}

const nothing: PartsDescription = { messages: [], annotations: {} }

function annotationsOf(document: Json): Record<string, string | number | boolean> {
  const found: Record<string, string | number | boolean> = {}
  for (const [key, value] of Object.entries(objectOf(document['annotations']))) {
    if (typeof value === 'string' || typeof value === 'boolean') found[key] = value
    const number = numberOf(value)
    if (number !== undefined) found[key] = number
  }
  return found
}

/** Marks the first and the last to begin. @param summaries in the order of their start */
function markEnds(summaries: readonly SegmentSummary[]): SegmentSummary[] {
  const last = summaries.length - 1
  return summaries.map((summary, i) => (
    i === 0 || i === last ? { ...summary, first: i === 0, last: i === last } : summary
  ))
}

/** An object with one member; an empty one if the value is undefined. */
function given<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  const member: { [key in K]?: V } = {}
  if (value !== undefined) member[key] = value
  return member
}

/** Rounds seconds to microseconds, which is what clocks have. */
function toMicroseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6
}
