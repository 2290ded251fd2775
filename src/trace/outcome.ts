import { type Json, numberOf } from '../bytes/json.ts'
import type { TraceIndex } from './trace-index.ts'

/** How a request ended, from the worst to the best. */
export const outcomes = ['fault', 'throttle', 'error', 'in-progress', 'ok'] as const
/** One of {@link outcomes}. A throttled request is an error, too, and `throttle` says more. */
export type Outcome = typeof outcomes[number]

/** Flags of a segment document or a segment summary; what is not `true` is not set. */
interface OutcomeFlags {
  readonly fault?: unknown
  readonly throttle?: unknown
  readonly error?: unknown
}

/** Flags of a TraceSummary in X-Ray's API (https://docs.aws.amazon.com/xray/latest/api/API_TraceSummary.html). */
interface SummaryFlags {
  readonly HasFault?: boolean
  readonly HasThrottle?: boolean
  readonly HasError?: boolean
  readonly IsPartial?: boolean
  /** Of the root segment. */
  readonly Http?: { readonly HttpStatus?: number | undefined }
}

const THROTTLED = 429

/** The outcome that flags stand for. @param isInProgress whether it has not ended, or parts of it are missing */
export function outcomeOf({ fault, throttle, error }: OutcomeFlags, isInProgress: boolean): Outcome {
  if (fault === true) return 'fault'
  if (throttle === true) return 'throttle'
  if (error === true) return 'error'
  return isInProgress ? 'in-progress' : 'ok'
}

/** The outcome of a segment or subsegment, without those of its subsegments. @param document a segment document */
export function outcomeOfDocument(document: Json): Outcome {
  const { fault, throttle, error, in_progress, end_time } = document
  return outcomeOf({ fault, throttle, error }, in_progress === true || numberOf(end_time) === undefined)
}

/**
 * The outcome of a trace, which is that of its root segment, as X-Ray defines HasFault and HasError; HasThrottle is about
 * any segment, and a throttled root is an error, too, with the status 429 if it has one.
 *
 * @param summary as GetTraceSummaries returns it
 */
export function outcomeOfSummary({ HasFault, HasThrottle, HasError, IsPartial, Http }: SummaryFlags): Outcome {
  const throttle = HasThrottle === true && HasError === true && (Http?.HttpStatus ?? THROTTLED) === THROTTLED
  return outcomeOf({ fault: HasFault, throttle, error: HasError }, IsPartial === true)
}

/** The outcome of a trace: that of its root segment. */
export function outcomeOfTrace({ summaries, entry, partial }: TraceIndex): Outcome {
  return outcomeOf(summaries[entry] ?? {}, partial)
}
