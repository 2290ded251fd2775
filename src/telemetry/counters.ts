import { Histogram } from './histogram.ts'
import { LabelledCounter } from './labelled-counter.ts'

/** How a request to the destination ended. */
export type Outcome =
  | 'ok'
  | 'throttled'
  | '4xx'
  | '5xx'
  | 'timeout'
  | 'connection-refused'
  | 'unknown-host'
  | 'other'

/** What an agent counts from its start; docs/operations.md lists the metrics that are made of it. */
export class Counters {
  /** Spans that came in by OTLP and segment documents by UDP, by receiver. */
  readonly received = new LabelledCounter()
  /** The same, by who sent it: the user agent, or the protocol where there is none. */
  readonly senders = new LabelledCounter()
  /** Spans and documents that were refused, by receiver. */
  readonly refused = new LabelledCounter()
  /** Requests that were answered with an error, by receiver. */
  readonly failedRequests = new LabelledCounter()
  /** Documents that were put into the queue. */
  queued = 0
  /** Documents that were cut to fit into 64 KB. */
  cut = 0
  /** Documents that were delivered. */
  sent = 0
  /** Documents that are sent again, each time, by why. */
  readonly retried = new LabelledCounter()
  /** Documents that the destination did not process though it took the request, by its code. */
  readonly unprocessed = new LabelledCounter()
  /** Documents that became dead letters, by why. */
  readonly dead = new LabelledCounter()
  /** UDP documents that were lost, by why. */
  readonly dropped = new LabelledCounter()
  /** Requests to the destination, by outcome. */
  readonly requests = new LabelledCounter()
  /** How long they took. */
  readonly latency = new Histogram()
}
