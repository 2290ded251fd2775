import type { Unprocessed } from '../check-document.ts'
import type { ServiceId } from './graph-answers.ts'

/** The request that a trace began with. */
export interface Http {
  readonly HttpURL?: string
  readonly HttpStatus?: number
  readonly HttpMethod?: string
  readonly UserAgent?: string
  readonly ClientIp?: string
}

/** The value of an annotation, by its type. */
export type AnnotationValue =
  | { readonly StringValue: string }
  | { readonly NumberValue: number }
  | { readonly BooleanValue: boolean }

/** A value of an annotation, and the services that set it. */
export interface ValueWithServiceIds {
  readonly AnnotationValue: AnnotationValue
  readonly ServiceIds: readonly ServiceId[]
}

/** A user, and the services that name them. */
export interface TraceUser {
  readonly UserName: string
  readonly ServiceIds: readonly ServiceId[]
}

/** An exception that led to a fault or an error. */
export interface RootCauseException {
  readonly Name: string
  readonly Message: string
}

/** A segment or subsegment on the path to a fault or an error. */
export interface RootCauseEntity {
  readonly Name: string
  readonly Exceptions: readonly RootCauseException[]
  readonly Remote: boolean
}

/** A segment or subsegment on the path to what took the time. */
export interface ResponseTimeRootCauseEntity {
  readonly Name: string
  /** Its share of the trace's response time, 0 to 1. */
  readonly Coverage: number
  readonly Remote: boolean
}

/** A service on the path to a root cause. */
export interface RootCauseService<E> extends ServiceId {
  readonly EntityPath: readonly E[]
  readonly Inferred: boolean
}

/** A path of services to a root cause. */
export interface RootCause<E = RootCauseEntity> {
  readonly Services: readonly RootCauseService<E>[]
  readonly ClientImpacting: boolean
}

/** A trace in the answer to GetTraceSummaries (https://docs.aws.amazon.com/xray/latest/api/API_TraceSummary.html). */
export interface TraceSummary {
  readonly Id: string
  /** Unix seconds. */
  readonly StartTime: number
  /** Seconds from the first start to the last end. */
  readonly Duration: number
  /** Seconds that the entry point took. */
  readonly ResponseTime: number
  /** Of the root segment. */
  readonly HasFault: boolean
  /** Of the root segment. */
  readonly HasError: boolean
  /** Of any segment. */
  readonly HasThrottle: boolean
  readonly IsPartial: boolean
  readonly Http: Http
  readonly Annotations: Readonly<Record<string, readonly ValueWithServiceIds[]>>
  readonly Users: readonly TraceUser[]
  readonly ServiceIds: readonly ServiceId[]
  readonly ResourceARNs: readonly { readonly ARN: string }[]
  readonly InstanceIds: readonly { readonly Id: string }[]
  readonly AvailabilityZones: readonly { readonly Name: string }[]
  /** Absent if the service where the trace begins is not known. */
  readonly EntryPoint?: ServiceId
  readonly FaultRootCauses: readonly RootCause[]
  readonly ErrorRootCauses: readonly RootCause[]
  readonly ResponseTimeRootCauses: readonly RootCause<ResponseTimeRootCauseEntity>[]
  readonly Revision: number
  /** Unix seconds. */
  readonly MatchedEventTime: number
}

/** The answer to GetTraceSummaries. */
export interface TraceSummariesAnswer {
  /** The newest first. */
  readonly TraceSummaries: readonly TraceSummary[]
  /** Unix seconds. */
  readonly ApproximateTime: number
  readonly TracesProcessedCount: number
  /** Absent on the last page. */
  readonly NextToken?: string
}

/** A trace in the answer to BatchGetTraces, with its documents. */
export interface TraceWithDocuments {
  readonly Id: string
  /** Seconds from the first start to the last end. */
  readonly Duration: number
  readonly LimitExceeded: boolean
  /** Each document is JSON. */
  readonly Segments: readonly { readonly Id: string; readonly Document: string }[]
}

/** The answer to BatchGetTraces. */
export interface TracesAnswer {
  readonly Traces: readonly TraceWithDocuments[]
  /** Ids of traces that are not there. */
  readonly UnprocessedTraceIds: readonly string[]
}

/** The answer to PutTraceSegments. */
export interface PutTraceSegmentsAnswer {
  readonly UnprocessedTraceSegments: readonly Unprocessed[]
}
