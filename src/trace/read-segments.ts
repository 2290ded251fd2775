import { isDeeperThan } from '../bytes/is-deeper-than.ts'
import { isObject, type Json, listOf, textOf } from '../bytes/json.ts'
import { timeOf } from './time-of.ts'
import { isXrayTraceId } from './trace-id.ts'

/** Levels of objects and lists in a document that is read. */
export const MAX_DOCUMENT_DEPTH = 500
/** Characters of the id of a segment; X-Ray's have 16. */
const MAX_ID_LENGTH = 200

/** What a document holds, or why it cannot be read. */
export type DocumentReading =
  | { readonly traceId: string; readonly segments: readonly Json[]; readonly issue?: undefined }
  | { readonly issue: string }

/** What may stand at a member: `one` is a text, a number, a boolean; `any` of it is not looked at. */
type Shape = 'one' | 'time' | Members | readonly [Shape]
interface Members {
  readonly [name: string]: Shape
}

const exception: Members = {
  id: 'one',
  type: 'one',
  message: 'one',
  cause: 'one',
  stack: [{ path: 'one', label: 'one', line: 'one' }],
}

/** The members that the local store, its API and the page read; null stands for a member that is not there. */
const segmentShape: Members = {
  id: 'one',
  trace_id: 'one',
  parent_id: 'one',
  name: 'one',
  type: 'one',
  namespace: 'one',
  origin: 'one',
  user: 'one',
  resource_arn: 'one',
  start_time: 'time',
  end_time: 'time',
  in_progress: 'one',
  fault: 'one',
  error: 'one',
  throttle: 'one',
  http: {
    request: { method: 'one', url: 'one', user_agent: 'one', client_ip: 'one' },
    response: { status: 'one' },
  },
  aws: { account_id: 'one', operation: 'one', region: 'one', ec2: { availability_zone: 'one', instance_id: 'one' } },
  sql: { sanitized_query: 'one' },
  annotations: {},
  metadata: {},
  links: [{ trace_id: 'one', id: 'one' }],
}

/**
 * Reads a segment document, and checks it as deep as the local store and the page read it: types, times, depth.
 *
 * @param text a segment, or a list of subsegments of one trace, as JSON
 */
export function readSegments(text: string): DocumentReading {
  if (isDeeperThan(MAX_DOCUMENT_DEPTH, text)) return { issue: `it is nested deeper than ${MAX_DOCUMENT_DEPTH} levels` }
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return { issue: 'it is not JSON' }
  }
  const segments: Json[] = []
  for (const part of Array.isArray(parsed) ? listOf(parsed) : [parsed]) {
    if (!isObject(part)) return { issue: 'it is not a JSON object, nor a list of them' }
    const issue = missingIssue(part) ?? segmentIssue(part)
    if (issue !== undefined) return { issue }
    segments.push(part)
  }
  const traceId = textOf(segments[0]?.['trace_id'])
  if (traceId === undefined) return { issue: 'the document has no trace_id' }
  if (!isXrayTraceId(traceId)) return { issue: 'trace_id must be 1-8-24 hexadecimal digits' }
  if (segments.some((segment) => (segment['trace_id'] ?? traceId) !== traceId)) {
    return { issue: 'it holds segments of several traces' }
  }
  return { traceId, segments }
}

function missingIssue(part: Json): string | undefined {
  const id = textOf(part['id'])
  if (id === undefined) return part['trace_id'] === undefined ? 'the document has no trace_id' : 'id must be a text'
  if (id.length > MAX_ID_LENGTH) return `id has over ${MAX_ID_LENGTH} characters`
  return timeOf(part['start_time']) === undefined ? issueOf('time', 'start_time') : undefined
}

function segmentIssue(segment: Json): string | undefined {
  const { cause, subsegments } = segment
  const issue = memberIssue(segment, segmentShape, '')
  if (issue !== undefined) return issue
  // X-Ray allows the id of an exception in another segment.
  if (typeof cause !== 'string') {
    const causeIssue = shapeIssue(cause, { exceptions: [exception] }, 'cause')
    if (causeIssue !== undefined) return causeIssue
  }
  if (subsegments === undefined || subsegments === null) return undefined
  if (!Array.isArray(subsegments)) return 'subsegments must be a list'
  for (const inner of subsegments) {
    const innerIssue = isObject(inner) ? segmentIssue(inner) : 'it must be an object'
    if (innerIssue !== undefined) return `in a subsegment: ${innerIssue.replace(/^(in a subsegment: )+/, '')}`
  }
  return undefined
}

function memberIssue(object: Json, members: Members, path: string): string | undefined {
  for (const name in members) {
    const value = object[name]
    const shape = members[name]
    if (value === undefined || value === null || shape === undefined) continue
    const issue = shapeIssue(value, shape, path === '' ? name : `${path}.${name}`)
    if (issue !== undefined) return issue
  }
  return undefined
}

function shapeIssue(value: unknown, shape: Shape, path: string): string | undefined {
  if (value === undefined || value === null) return undefined
  if (shape === 'one') return typeof value === 'object' ? issueOf(shape, path) : undefined
  if (shape === 'time') return timeOf(value) === undefined ? issueOf(shape, path) : undefined
  if (isList(shape)) {
    if (!Array.isArray(value)) return `${path} must be a list`
    for (const entry of value) {
      const issue = shapeIssue(entry, shape[0], path)
      if (issue !== undefined) return issue
    }
    return undefined
  }
  // Some languages have one type for lists and maps, and write an empty one as a list.
  if (Array.isArray(value) && value.length === 0) return undefined
  return isObject(value) ? memberIssue(value, shape, path) : `${path} must be an object`
}

function isList(shape: Members | readonly [Shape]): shape is readonly [Shape] {
  return Array.isArray(shape)
}

function issueOf(shape: 'one' | 'time', path: string): string {
  return shape === 'one'
    ? `${path} must be a text, a number or a boolean`
    : `${path} must be a time in Unix seconds, from 1970 to 3058`
}
