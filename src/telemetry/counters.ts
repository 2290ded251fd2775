import { Histogram } from './histogram.ts'
import { LabelledCounter } from './labelled-counter.ts'

/** How a request to an exporter's backend ended. */
export type RequestOutcome =
  | 'ok'
  | 'throttled'
  | '4xx'
  | '5xx'
  | 'timeout'
  | 'connection-refused'
  | 'unknown-host'
  | 'other'

/** What an agent counts from its start, besides what each exporter counts; docs/metrics.md lists the metrics. */
export class Counters {
  /** Spans received by OTLP and segment documents received by UDP, by receiver. */
  readonly received = new LabelledCounter()
  /** The same by sender: the user agent, or the protocol where there is none. */
  readonly senders = new LabelledCounter()
  /** Spans and documents that were rejected, by receiver. */
  readonly rejected = new LabelledCounter()
  /** Requests that were answered with an error, by receiver. */
  readonly failedRequests = new LabelledCounter()
  /** Documents that were put into the queue. */
  queued = 0
  /** Documents that were truncated to fit into 64 KB. */
  truncated = 0
  /** Documents whose sender waits for no answer and that were lost, by reason. */
  readonly dropped = new LabelledCounter()
}

/** What is counted for one exporter. */
export class ExporterCounters {
  /** Documents that were delivered. */
  sent = 0
  /** Documents that are sent again, each time, by reason. */
  readonly retried = new LabelledCounter()
  /** Documents that the backend did not process though it accepted the request, by its code. */
  readonly unprocessed = new LabelledCounter()
  /** Documents that became dead letters, by reason. */
  readonly deadLettered = new LabelledCounter()
  /** Documents and dead letters that were given up for lack of room, by reason. */
  readonly dropped = new LabelledCounter()
  /** Requests to the backend, by outcome. */
  readonly requests = new LabelledCounter()
  /** How long requests took. */
  readonly latency = new Histogram()
}
