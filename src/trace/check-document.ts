import { type Json, listOf, numberOf, objectOf, textOf } from '../bytes/json.ts'
import { isXrayTraceId } from './trace-id.ts'

/** Why X-Ray does not accept a document: an entry of `UnprocessedTraceSegments`. */
export interface Unprocessed {
  readonly Id?: string
  readonly ErrorCode: string
  readonly Message: string
}

const MAX_BYTES = 64 * 1024
const NAME = /^[\p{L}\p{N}\s_.:/%&#=+\-@]{1,200}$/u
const ID = /^[0-9a-f]{16}$/i

/**
 * Checks a document as X-Ray does (https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html).
 *
 * @param text a segment document, or a list of subsegments, as JSON
 * @returns undefined if X-Ray accepts it
 */
export function checkDocument(text: string): Unprocessed | undefined {
  if (new TextEncoder().encode(text).length > MAX_BYTES) return rejection(undefined, 'TooLarge', 'over 64 KB')
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return rejection(undefined, 'ParseError', 'the document is not JSON')
  }
  for (const part of Array.isArray(parsed) ? listOf(parsed).map(objectOf) : [objectOf(parsed)]) {
    const issue = validateSegment(part)
    if (issue !== undefined) return rejection(textOf(part['id']), ...issue)
  }
  return undefined
}

/** An entry of `UnprocessedTraceSegments`. @param id of the segment, if it is known */
export function rejection(id: string | undefined, code: string, reason: string): Unprocessed {
  const Message = `Invalid segment. ErrorCode: ${code}: ${reason}`
  return id === undefined ? { ErrorCode: code, Message } : { Id: id, ErrorCode: code, Message }
}

function validateSegment(part: Json): [code: string, reason: string] | undefined {
  const id = textOf(part['id'])
  if (id === undefined) return ['MissingId', 'id is missing']
  if (!ID.test(id)) return ['InvalidId', 'id must have 16 hexadecimal digits']
  if (!isXrayTraceId(textOf(part['trace_id']) ?? '')) {
    return ['InvalidTraceId', 'trace_id must be 1-8-24 hexadecimal digits']
  }
  const name = textOf(part['name'])
  if (name === undefined) return ['MissingName', 'name is missing']
  if (!NAME.test(name)) return ['InvalidName', 'name has over 200 characters, or one that is not allowed']
  const start = numberOf(part['start_time'])
  if (start === undefined) return ['MissingStartTime', 'start_time is missing']
  const end = numberOf(part['end_time'])
  if (end === undefined && part['in_progress'] !== true) return ['MissingEndTime', 'end_time or in_progress is missing']
  if (end !== undefined && end < start) return ['InvalidEndTime', 'end_time is before start_time']
  const isSubsegment = part['type'] === 'subsegment'
  if (isSubsegment && !ID.test(textOf(part['parent_id']) ?? '')) return ['MissingParentId', 'parent_id is missing']
  return undefined
}
