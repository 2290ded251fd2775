import type { Expression } from '../../trace/filter/expression.ts'
import type { GroupLookup } from '../../trace/filter/match-filter.ts'
import type { TraceIndex } from '../../trace/trace-index.ts'

/** X-Ray's TimeRangeType. */
export const timeRangeTypes = ['TraceId', 'Event', 'Service'] as const
/** One of {@link timeRangeTypes}. */
export type TimeRangeType = typeof timeRangeTypes[number]

/** Which traces are asked for. */
export interface TraceQuery {
  /** Unix seconds, both included. */
  readonly from: number
  readonly to: number
  /** What is to lie in that time: the start, which is the rule, any part of the trace, or the start of a segment. */
  readonly by?: TimeRangeType
  /** Only this share of the traces, from 0 to 1; a trace is always in it or never. */
  readonly share?: number
  readonly filter?: Expression | undefined
  readonly groups?: GroupLookup
  /** At most so many. */
  readonly limit: number
  /** Goes on behind the trace where another page ended. */
  readonly after?: Cursor | undefined
}

/** Where a page of traces ended. */
export interface Cursor {
  readonly start: number
  readonly key: number
}

/** A page of traces, the newest first. */
export interface TracePage {
  readonly traces: readonly TraceIndex[]
  /** How many were looked at. */
  readonly processed: number
  /** Where the next page goes on; undefined if there is none. */
  readonly next: Cursor | undefined
}
