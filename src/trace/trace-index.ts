/** What happened in one segment, or one call to a service that did not report: what a filter can ask for. */
export interface SegmentSummary {
  readonly name: string
  /** X-Ray's type of the service: an origin, `remote`, `client`, `AWS::DynamoDB::Table`, `Database::SQL`… */
  readonly type: string
  readonly accountId?: string
  /** The service did not report itself. */
  readonly inferred: boolean
  readonly remote: boolean
  /** It is where the trace begins. */
  readonly root: boolean
  /** It was the first or the last to begin. */
  readonly first: boolean
  readonly last: boolean
  readonly ok: boolean
  readonly error: boolean
  readonly fault: boolean
  readonly throttle: boolean
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
  readonly messages: readonly string[]
  readonly availabilityZone?: string
  readonly instanceId?: string
  readonly arns: readonly string[]
  readonly annotations: Readonly<Record<string, string | number | boolean>>
}

/** A call from one occurrence to another. */
export interface Call {
  /** The place of the caller in {@link TraceIndex.occurrences}; -1 for the client outside. */
  readonly from: number
  readonly to: number
  /** How the caller saw it. */
  readonly seen: SegmentSummary
}

/** An exception on the way to a root cause. */
export interface CauseException {
  readonly name: string
  readonly message: string
}

/** A segment or subsegment on the way to a root cause. */
export interface CauseEntity {
  readonly name: string
  readonly exceptions: readonly CauseException[]
  readonly remote: boolean
  /** Its share of the trace's response time, 0 to 1. */
  readonly coverage: number
}

/** A service on the way to a root cause. */
export interface CauseService {
  readonly name: string
  readonly type: string
  readonly inferred: boolean
  readonly entities: readonly CauseEntity[]
}

/** Where faults, errors and time come from: each a path of services from the root. */
export interface RootCauses {
  readonly fault: readonly (readonly CauseService[])[]
  readonly error: readonly (readonly CauseService[])[]
  readonly responsetime: readonly (readonly CauseService[])[]
}

/** What a trace is asked for in lists and filters. */
export interface TraceIndex {
  readonly id: string
  /** Unix seconds. */
  readonly start: number
  readonly end: number
  /** Seconds from the first start to the last end. */
  readonly duration: number
  /** Seconds that the entry took. */
  readonly responseTime: number
  /** Where the trace begins, in {@link occurrences}. */
  readonly entry: number
  /** Something is in progress, or was not received. */
  readonly partial: boolean
  readonly segments: number
  readonly occurrences: readonly SegmentSummary[]
  readonly calls: readonly Call[]
  readonly causes: RootCauses
}
