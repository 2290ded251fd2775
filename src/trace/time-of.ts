import { numberOf } from '../bytes/json.ts'

/** The first time that is not accepted: the year 3058. OTLP can say times up to the year 2554. */
const END_OF_TIME_S = 2 ** 35

/** A time of a segment document. @returns Unix seconds; undefined if the value is no time from 1970 to 3058 */
export function timeOf(value: unknown): number | undefined {
  const seconds = numberOf(value)
  return seconds !== undefined && seconds >= 0 && seconds < END_OF_TIME_S ? seconds : undefined
}
