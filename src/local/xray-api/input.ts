import { type Json, numberOf, textOf } from '../json.ts'
import { ApiError } from './api-error.ts'

/** A moment that a call must name, in Unix seconds. @throws {ApiError} */
export function timeIn(input: Json, name: string): number {
  const value = input[name]
  const seconds = typeof value === 'string' ? Date.parse(value) / 1000 : numberOf(value)
  if (seconds === undefined || Number.isNaN(seconds)) throw new ApiError(`${name} is to be a time in Unix seconds`)
  return seconds
}

/** A span of time of at most six hours, as X-Ray has it, in Unix seconds. @throws {ApiError} */
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
