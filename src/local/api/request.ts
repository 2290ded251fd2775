import type { Context } from 'hono'
import { type Json, numberOf, objectOf, textOf } from '../../bytes/json.ts'
import { errorMessage } from '../../errors/error-message.ts'
import type { Expression } from '../../trace/filter/expression.ts'
import { parseFilter } from '../../trace/filter/parse-filter.ts'
import { FilterError } from '../../trace/filter/tokenise.ts'
import { type TimeRangeType, timeRangeTypes } from '../store/query/trace-query.ts'

const MEDIA_TYPE = /^application\/(json|x-amz-json-1\.[01])/

/** A request that X-Ray answers with an error. */
export class ApiError extends Error {
  override readonly name = 'ApiError'

  /**
   * @param code AWS's name of the error, such as `InvalidRequestException`
   * @param status of HTTP
   */
  constructor(message: string, readonly code = 'InvalidRequestException', readonly status: 400 | 415 = 400) {
    super(message)
  }
}

/**
 * Answers a request with what `call` returns, as JSON, or with the error that it throws, as X-Ray does.
 *
 * @param call gets the body of the request; an empty object if there is none
 */
export async function answer<T extends object>(c: Context, call: (input: Json) => T): Promise<Response> {
  try {
    return c.json(call(readBody(await c.req.text(), c.req.header('content-type') ?? '')))
  } catch (error) {
    const { code, status } = errorKind(error)
    const message = errorMessage(error)
    c.header('x-amzn-errortype', code)
    c.status(status)
    return c.json({ __type: code, Message: message, message })
  }
}

function readBody(body: string, type: string): Json {
  if (body === '') return {}
  // Without asking first, a page of another site can send text, but not this type.
  if (!MEDIA_TYPE.test(type)) {
    throw new ApiError('The body must be of type application/json', 'InvalidRequestException', 415)
  }
  try {
    return objectOf(JSON.parse(body))
  } catch {
    throw new ApiError('The body is not JSON')
  }
}

function errorKind(error: unknown): { code: string; status: 400 | 415 | 500 } {
  if (error instanceof ApiError) return error
  if (error instanceof FilterError) return { code: 'InvalidRequestException', status: 400 }
  return { code: 'InternalFailure', status: 500 }
}

/** A range of time in Unix seconds, both ends included. */
export interface TimeRange {
  readonly from: number
  readonly to: number
}

/**
 * Reads StartTime and EndTime, in Unix seconds or as ISO 8601.
 *
 * @throws {ApiError} if they are missing or in the wrong order
 */
export function timeRange(input: Json): TimeRange {
  const [from, to] = [time(input, 'StartTime'), time(input, 'EndTime')]
  if (to < from) throw new ApiError('EndTime is before StartTime')
  return { from, to }
}

function time(input: Json, name: string): number {
  const value = input[name]
  const seconds = typeof value === 'string' ? Date.parse(value) / 1000 : numberOf(value)
  if (seconds === undefined || Number.isNaN(seconds)) throw new ApiError(`${name} must be a time in Unix seconds`)
  return seconds
}

/** Reads a text that must be there. @throws {ApiError} if it is missing or empty */
export function requiredText(input: Json, name: string): string {
  const value = textOf(input[name])
  if (value === undefined) throw new ApiError(`${name} must be a text`)
  return value
}

/** Reads a list of texts. @param maxLength of the list @throws {ApiError} if it is missing, empty or too long */
export function requiredTexts(input: Json, name: string, maxLength: number): string[] {
  const list: unknown = input[name]
  const isList = Array.isArray(list) && list.every((value) => typeof value === 'string')
  if (!isList || list.length === 0 || list.length > maxLength) {
    throw new ApiError(`${name} must be a list of 1 to ${maxLength} texts`)
  }
  return list
}

/**
 * Reads FilterExpression.
 *
 * @returns undefined if it is missing or blank
 * @throws {FilterError} if it is not well-formed
 */
export function filterExpression(input: Json): Expression | undefined {
  const text = textOf(input['FilterExpression'])?.trim()
  return text === undefined || text === '' ? undefined : parseFilter(text)
}

/** Reads TimeRangeType, which is TraceId by default. @throws {ApiError} if it is another word */
export function timeRangeType(input: Json): TimeRangeType {
  const value = input['TimeRangeType'] ?? 'TraceId'
  const type = timeRangeTypes.find((name) => name === value)
  if (type === undefined) throw new ApiError(`TimeRangeType must be one of ${timeRangeTypes.join(', ')}`)
  return type
}

/**
 * Reads Sampling and SamplingStrategy.
 *
 * @returns the share of traces, 0 to 1
 * @throws {ApiError} if they are not valid
 */
export function samplingShare(input: Json): number {
  if (input['Sampling'] !== true) return 1
  const { Name = 'PartialScan', Value = 1 } = objectOf(input['SamplingStrategy'])
  if (Name !== 'PartialScan' && Name !== 'FixedRate') {
    throw new ApiError('SamplingStrategy.Name must be PartialScan or FixedRate')
  }
  const share = numberOf(Value)
  if (share === undefined || share < 0 || share > 1) {
    throw new ApiError('SamplingStrategy.Value must be a share from 0 to 1')
  }
  return share
}
