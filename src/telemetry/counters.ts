import { Histogram } from './histogram.ts'
import { Tally } from './tally.ts'

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
  readonly received = new Tally()
  /** The same, by who sent it: the user agent, or the protocol where there is none. */
  readonly senders = new Tally()
  /** Spans and documents that were refused, by receiver. */
  readonly refused = new Tally()
  /** Requests that were answered with an error, by receiver. */
  readonly failedRequests = new Tally()
  /** Documents that were put into the queue. */
  queued = 0
  /** Documents that were cut to fit into 64 KB. */
  cut = 0
  /** Documents that were delivered. */
  sent = 0
  /** Documents that are sent again, each time, by why. */
  readonly retried = new Tally()
  /** Documents that the destination did not process though it took the request, by its code. */
  readonly unprocessed = new Tally()
  /** Documents that became dead letters, by why. */
  readonly dead = new Tally()
  /** UDP documents that were lost, by why. */
  readonly dropped = new Tally()
  /** Requests to the destination, by outcome. */
  readonly requests = new Tally()
  /** How long they took. */
  readonly latency = new Histogram()
}
