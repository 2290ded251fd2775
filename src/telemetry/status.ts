import type { SeenProblem } from './problems.ts'

/** What an agent tells of itself: `rontgen status --json`, and GET /status at the admin port. Times are in seconds. */
export interface Status {
  readonly version: string
  readonly pid: number
  /** When it started, as ISO 8601. */
  readonly started: string
  readonly uptime: number
  /** The config file; null for the defaults. */
  readonly config: string | null
  /** Of the settings in force: those of two agents are the same if this is. */
  readonly configHash: string
  /** Whose keys requests to AWS are signed with; null if none were yet, or nothing is sent there. */
  readonly credentials:
    | { readonly source: string; readonly accessKeyId: string; readonly expires: string | null }
    | null
  /** A second, over the last half minute. */
  readonly rates: { readonly received: number; readonly sent: number }
  /** Where each receiver listens. */
  readonly listening: Readonly<Record<string, string>>
  readonly queue: {
    readonly dir: string
    /** Documents that are not delivered yet. */
    readonly documents: number
    readonly bytes: number
    readonly maxBytes: number
    /** Age of the oldest row that waits. */
    readonly oldest: number
  }
  readonly delivery: {
    readonly to: string
    readonly state: 'ok' | 'failing'
    readonly failingFor: number
    readonly lastFailure: { readonly time: string; readonly message: string } | null
    readonly inFlight: number
    /** Requests that may be in flight: less than set while the destination throttles. */
    readonly limit: number
    /** Documents that failed and are sent again. */
    readonly retrying: number
  }
  readonly deadLetters: { readonly count: number; readonly bytes: number }
  readonly counts: {
    readonly received: Readonly<Record<string, number>>
    /** Received, by who sent it. */
    readonly senders: Readonly<Record<string, number>>
    readonly refused: Readonly<Record<string, number>>
    readonly failedRequests: Readonly<Record<string, number>>
    readonly queued: number
    readonly cut: number
    readonly sent: number
    readonly retried: Readonly<Record<string, number>>
    readonly unprocessed: Readonly<Record<string, number>>
    readonly dead: Readonly<Record<string, number>>
    readonly dropped: Readonly<Record<string, number>>
    /** Requests to the destination, by outcome. */
    readonly requests: Readonly<Record<string, number>>
  }
  /** What was amiss of late, one a kind, the last one first. */
  readonly problems: readonly SeenProblem[]
  /** How long requests take: the bounds under which half and 99 of 100 lie. */
  readonly latency: { readonly p50: number; readonly p99: number }
}
