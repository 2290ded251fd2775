/** The name of a service, and what is known of it besides. */
export interface ServiceId {
  readonly Name: string
  readonly Names: readonly string[]
  readonly AccountId?: string
  /** Absent if the service does not say where it runs. */
  readonly Type?: string
}

/** Counts of requests by outcome: ServiceStatistics and EdgeStatistics. */
export interface SummaryStatistics {
  readonly OkCount: number
  /** The total is the sum of throttled requests and of others. */
  readonly ErrorStatistics: { readonly ThrottleCount: number; readonly OtherCount: number; readonly TotalCount: number }
  readonly FaultStatistics: { readonly OtherCount: number; readonly TotalCount: number }
  readonly TotalCount: number
  /** Response times added up, in seconds. */
  readonly TotalResponseTime: number
}

/** An entry of a histogram. */
export interface HistogramEntry {
  /** Seconds. */
  readonly Value: number
  readonly Count: number
}

/** Calls from the service that has this edge to another. */
export interface Edge {
  /** The {@link Service.ReferenceId} of the called service. */
  readonly ReferenceId: number
  /** Unix seconds. */
  readonly StartTime: number
  readonly EndTime: number
  readonly SummaryStatistics: SummaryStatistics
  readonly ResponseTimeHistogram: readonly HistogramEntry[]
  readonly Aliases: readonly never[]
}

/** A node of the trace map (https://docs.aws.amazon.com/xray/latest/api/API_Service.html). */
export interface Service extends ServiceId {
  readonly ReferenceId: number
  /** Traces begin here. */
  readonly Root: boolean
  /** `unknown` if the service sent no segment of its own. */
  readonly State: 'active' | 'unknown'
  /** Unix seconds. */
  readonly StartTime: number
  readonly EndTime: number
  readonly Edges: readonly Edge[]
  readonly SummaryStatistics: SummaryStatistics
  readonly DurationHistogram: readonly HistogramEntry[]
  readonly ResponseTimeHistogram: readonly HistogramEntry[]
}

/** The answer to GetServiceGraph. */
export interface ServiceGraphAnswer {
  /** Unix seconds. */
  readonly StartTime: number
  readonly EndTime: number
  readonly Services: readonly Service[]
  readonly ContainsOldGroupVersions: boolean
}

/** The answer to GetTraceGraph. */
export interface TraceGraphAnswer {
  readonly Services: readonly Service[]
}

/** Statistics of one period. */
export interface PeriodStatistics {
  /** When the period starts, in Unix seconds. */
  readonly Timestamp: number
  /** Present unless edges were selected. */
  readonly ServiceSummaryStatistics?: SummaryStatistics
  /** Present if edges were selected. */
  readonly EdgeSummaryStatistics?: SummaryStatistics
  readonly ResponseTimeHistogram: readonly HistogramEntry[]
}

/** The answer to GetTimeSeriesServiceStatistics. */
export interface TimeSeriesAnswer {
  readonly TimeSeriesServiceStatistics: readonly PeriodStatistics[]
  readonly ContainsOldGroupVersions: boolean
}
