import type { Expression } from '../../../trace/filter/expression.ts'
import type { GroupLookup } from '../../../trace/filter/match-filter.ts'
import type { TraceIndex } from '../../../trace/trace-index.ts'

/** X-Ray's TimeRangeType: which time of a trace must be in a time range. */
export const timeRangeTypes = ['TraceId', 'Event', 'Service'] as const
/** One of {@link timeRangeTypes}. */
export type TimeRangeType = typeof timeRangeTypes[number]

/** Which traces a query returns. */
export interface TraceQuery {
  /** The time range, in Unix seconds, both ends included. */
  readonly from: number
  readonly to: number
  /**
   * What must be in the time range: the trace's start (TraceId, the default), any part of it, or the start of a
   * segment.
   */
  readonly by?: TimeRangeType
  /** The share of traces, 0 to 1, else all; the same traces for every query with this share. */
  readonly share?: number
  readonly filter?: Expression | undefined
  readonly groups?: GroupLookup
  /** The most traces on the page. */
  readonly limit: number
  /** Continues after the trace where another page ended. */
  readonly after?: Cursor | undefined
}

/** The last trace of a page. */
export interface Cursor {
  /** Unix seconds. */
  readonly start: number
  /** Of its row. */
  readonly key: number
}

/** A page of traces, the newest first. */
export interface TracePage {
  readonly traces: readonly TraceIndex[]
  /** How many traces were read to find them. */
  readonly processed: number
  /** Where the next page continues; undefined if there is none. */
  readonly next: Cursor | undefined
}
