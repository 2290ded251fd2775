/** What an agent counts from its start; documented in docs/operations.md. */
export interface Counters {
  /** Spans that came in by OTLP, and segment documents by UDP. */
  received: number
  /** Spans and documents that were refused, each with its reason in the log. */
  refused: number
  /** Requests that were answered with an error. */
  failedRequests: number
  /** Documents that were put into the queue. */
  queued: number
  /** Documents that were cut to fit into 64 KB. */
  cut: number
  /** Documents that were delivered. */
  sent: number
  /** Documents that were sent again, each time. */
  retried: number
  /** Documents that became dead letters. */
  dead: number
  /** UDP documents that were lost because the spool could not take them. */
  lost: number
  /** Datagrams that the kernel dropped because the receive buffer was full. */
  kernelDrops: number
}

/** All counters at zero. */
export function newCounters(): Counters {
  return {
    received: 0,
    refused: 0,
    failedRequests: 0,
    queued: 0,
    cut: 0,
    sent: 0,
    retried: 0,
    dead: 0,
    lost: 0,
    kernelDrops: 0,
  }
}
