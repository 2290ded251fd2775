import { type Json, listOf, numberOf, objectOf, textOf } from '../bytes/json.ts'

/** What X-Ray says of a document that it does not take. */
export interface Unprocessed {
  readonly Id?: string
  readonly ErrorCode: string
  readonly Message: string
}

const MOST_BYTES = 64 * 1024
const NAME = /^[\p{L}\p{N}\s_.:/%&#=+\-@]{1,200}$/u
const ID = /^[0-9a-f]{16}$/i
const TRACE_ID = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i

/**
 * Checks a document as X-Ray does
 * (https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html); undefined if it is well.
 */
export function checkDocument(text: string): Unprocessed | undefined {
  if (new TextEncoder().encode(text).length > MOST_BYTES) return refusal(undefined, 'TooLarge', 'over 64 KB')
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return refusal(undefined, 'ParseError', 'Invalid segment. ErrorCode: ParseError')
  }
  for (const part of Array.isArray(parsed) ? listOf(parsed).map(objectOf) : [objectOf(parsed)]) {
    const flaw = flawOf(part)
    if (flaw !== undefined) return refusal(textOf(part['id']), flaw[0], flaw[1])
  }
  return undefined
}

function refusal(id: string | undefined, code: string, why: string): Unprocessed {
  const Message = `Invalid segment. ErrorCode: ${code}: ${why}`
  return id === undefined ? { ErrorCode: code, Message } : { Id: id, ErrorCode: code, Message }
}

function flawOf(part: Json): [code: string, why: string] | undefined {
  const id = textOf(part['id'])
  if (id === undefined) return ['MissingId', 'id is missing']
  if (!ID.test(id)) return ['InvalidId', 'id is to have 16 hexadecimal digits']
  if (!TRACE_ID.test(textOf(part['trace_id']) ?? '')) {
    return ['InvalidTraceId', 'trace_id is to be 1-8-24 hexadecimal digits']
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
