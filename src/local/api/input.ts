import type { Expression } from '../../trace/filter/expression.ts'
import { parseFilter } from '../../trace/filter/parse-filter.ts'
import { type TimeRangeType, timeRangeTypes } from '../store/trace-query.ts'
import { type Json, numberOf, objectOf, textOf } from '../../bytes/json.ts'
import { ApiError } from './api-error.ts'

/** A moment that a call must name, in Unix seconds. @throws {ApiError} */
export function timeIn(input: Json, name: string): number {
  const value = input[name]
  const seconds = typeof value === 'string' ? Date.parse(value) / 1000 : numberOf(value)
  if (seconds === undefined || Number.isNaN(seconds)) throw new ApiError(`${name} is to be a time in Unix seconds`)
  return seconds
}

/** A span of time, in Unix seconds. @throws {ApiError} */
export function rangeIn(input: Json): { from: number; to: number } {
  const [from, to] = [timeIn(input, 'StartTime'), timeIn(input, 'EndTime')]
  if (to < from) throw new ApiError('EndTime is before StartTime')
  return { from, to }
}

/** A text that a call must name. @throws {ApiError} */
export function textIn(input: Json, name: string): string {
  const value = textOf(input[name])
  if (value === undefined) throw new ApiError(`${name} is to be a text`)
  return value
}

/** The list of texts that a call must name. @throws {ApiError} */
export function textsIn(input: Json, name: string, most: number): string[] {
  const list: unknown = input[name]
  const isList = Array.isArray(list) && list.every((value) => typeof value === 'string')
  if (!isList || list.length === 0 || list.length > most) {
    throw new ApiError(`${name} is to be a list of 1 to ${most} texts`)
  }
  return list
}

/** The filter expression of a call, if it has one. @throws {FilterError} */
export function filterIn(input: Json): Expression | undefined {
  const text = textOf(input['FilterExpression'])?.trim()
  return text === undefined || text === '' ? undefined : parseFilter(text)
}

/** What is to lie in the time of a call. @throws {ApiError} */
export function timeRangeTypeIn(input: Json): TimeRangeType {
  const value = input['TimeRangeType'] ?? 'TraceId'
  const type = timeRangeTypes.find((name) => name === value)
  if (type === undefined) throw new ApiError(`TimeRangeType is to be one of ${timeRangeTypes.join(', ')}`)
  return type
}

/** The share of traces that Sampling and SamplingStrategy ask for, 0 to 1. @throws {ApiError} */
export function shareIn(input: Json): number {
  if (input['Sampling'] !== true) return 1
  const { Name = 'PartialScan', Value = 1 } = objectOf(input['SamplingStrategy'])
  if (Name !== 'PartialScan' && Name !== 'FixedRate') {
    throw new ApiError('SamplingStrategy.Name is to be PartialScan or FixedRate')
  }
  const share = numberOf(Value)
  if (share === undefined || share < 0 || share > 1) {
    throw new ApiError('SamplingStrategy.Value is to be a share from 0 to 1')
  }
  return share
}
