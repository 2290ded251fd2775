/**
 * What one segment did, or one call to a service that sent no segment of its own (an inferred segment): everything that
 * lists show and that filters can ask for.
 */
export interface SegmentSummary {
  readonly name: string
  /** X-Ray's type of the service: an origin, `remote`, `client`, `AWS::DynamoDB::Table`, `Database::SQL`… */
  readonly type: string
  readonly accountId?: string
  /** The service sent no segment of its own. */
  readonly inferred: boolean
  /** The segment is a call to another service. */
  readonly remote: boolean
  /** The trace begins here. */
  readonly root: boolean
  /** No other segment of the trace began earlier; or later. */
  readonly first: boolean
  readonly last: boolean
  readonly ok: boolean
  /** Any 4xx, a throttled request too. */
  readonly error: boolean
  readonly fault: boolean
  readonly throttle: boolean
  /** The segment is in progress. */
  readonly partial: boolean
  /** Unix seconds. */
  readonly start: number
  /** Seconds. */
  readonly responseTime: number
  readonly url?: string
  readonly method?: string
  readonly status?: number
  readonly userAgent?: string
  readonly clientIp?: string
  readonly user?: string
  /** Messages of its exceptions, and of those of its subsegments. */
  readonly messages: readonly string[]
  readonly availabilityZone?: string
  readonly instanceId?: string
  readonly arns: readonly string[]
  readonly annotations: Readonly<Record<string, string | number | boolean>>
}

/** A call from one service to another. */
export interface Call {
  /** The position of the caller in {@link TraceIndex.summaries}; -1 for the client outside of the trace. */
  readonly from: number
  /** The position of the called service there. */
  readonly to: number
  /** The call as the caller saw it. */
  readonly seen: SegmentSummary
}

/** An exception on the path to a root cause. */
export interface CauseException {
  readonly name: string
  readonly message: string
}

/** A segment or subsegment on the path to a root cause. */
export interface CauseEntity {
  readonly name: string
  readonly exceptions: readonly CauseException[]
  readonly remote: boolean
  /** Its share of the trace's response time, 0 to 1. */
  readonly coverage: number
}

/** A service on the path to a root cause. */
export interface CauseService {
  readonly name: string
  readonly type: string
  readonly inferred: boolean
  readonly entities: readonly CauseEntity[]
}

/** Where faults, errors and response time come from. Each cause is a path of services, from the root down. */
export interface RootCauses {
  readonly fault: readonly (readonly CauseService[])[]
  readonly error: readonly (readonly CauseService[])[]
  readonly responsetime: readonly (readonly CauseService[])[]
}

/** What lists show of a trace and filters ask for, computed from its segments. */
export interface TraceIndex {
  /** X-Ray's form. */
  readonly id: string
  /** The first start and the last end of a segment, in Unix seconds. */
  readonly start: number
  readonly end: number
  /** Seconds from the first start to the last end. */
  readonly duration: number
  /** Seconds that the entry took. */
  readonly responseTime: number
  /** The position in {@link summaries} of the segment where the trace begins; -1 if it has none. */
  readonly entry: number
  /** A segment is in progress, or was not received. */
  readonly partial: boolean
  /** Segments and subsegments. */
  readonly segmentCount: number
  /** In the order of their start. */
  readonly summaries: readonly SegmentSummary[]
  readonly calls: readonly Call[]
  readonly causes: RootCauses
}
