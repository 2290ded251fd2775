import type { SeenProblem } from './problems.ts'

/** Counts by a label, such as a reason or a name. */
export type CountsByLabel = Readonly<Record<string, number>>

/** A running receiver. */
export interface ReceiverStatus {
  readonly name: string
  /** What people call it. */
  readonly label: string
  readonly transport: 'tcp' | 'udp'
  readonly address: string
  readonly received: number
  readonly rejected: number
  readonly failedRequests: number
}

/** A failure of delivery. */
export interface DeliveryFailure {
  /** ISO 8601. */
  readonly time: string
  readonly message: string
}

/** The state of delivery, of one exporter or of all. */
export interface DeliveryStatus {
  /** What the exporter does, such as `sending to AWS X-Ray`. */
  readonly to: string
  readonly state: 'ok' | 'failing'
  /** Seconds. */
  readonly failingFor: number
  readonly lastFailure: DeliveryFailure | null
  readonly inFlight: number
  /** Requests that may be in flight: fewer than configured while the backend throttles. */
  readonly limit: number
  /** Documents that failed and are sent again. */
  readonly retrying: number
}

/** The credentials that requests are signed with. */
export interface CredentialStatus {
  readonly source: string
  readonly accessKeyId: string
  /** ISO 8601; null if they do not expire. */
  readonly expires: string | null
}

/** What waits for an exporter. */
export interface WaitingStatus {
  readonly documents: number
  /** Bytes on disk. */
  readonly bytes: number
  /** Age of the oldest row that waits, in seconds. */
  readonly oldest: number
}

/** How many dead letters there are, and the bytes of their documents. */
export interface DeadLetterCounts {
  readonly count: number
  readonly bytes: number
}

/** An exporter of the config. */
export interface ExporterStatus extends DeliveryStatus {
  readonly name: string
  /** What people call its kind. */
  readonly label: string
  readonly whenFull: string
  /** Whether clients are asked to retry later, as so much waits for it. */
  readonly isFull: boolean
  /** Null if it needs none, and before the first request. */
  readonly credentials: CredentialStatus | null
  readonly waiting: WaitingStatus
  readonly deadLetters: DeadLetterCounts
  readonly counts: {
    readonly sent: number
    readonly retried: CountsByLabel
    readonly unprocessed: CountsByLabel
    readonly deadLettered: CountsByLabel
    readonly dropped: CountsByLabel
    /** Requests to the backend, by outcome. */
    readonly requests: CountsByLabel
  }
  /** How long requests take, in seconds: the bounds under which half and 99 of 100 lie. */
  readonly latency: { readonly p50: number; readonly p99: number }
}

/** An exporter that the config no longer has, with what is kept for it. */
export interface RemovedExporterStatus extends WaitingStatus {
  readonly name: string
  readonly deadLetters: DeadLetterCounts
}

/** The status of an agent: `rontgen status --json`, and GET /status at the admin port. Durations are in seconds. */
export interface Status {
  readonly version: string
  readonly pid: number
  /** When it started, as ISO 8601. */
  readonly started: string
  readonly uptime: number
  /** The config file; null for the defaults. */
  readonly config: string | null
  /** A hash of the settings in force: two agents with the same settings have the same. */
  readonly configHash: string
  /** Those of the first exporter that has any; null if none has. */
  readonly credentials: CredentialStatus | null
  /** Per second, over the last half minute; `sent` by the exporter that delivered most, as each delivers the same. */
  readonly rates: { readonly received: number; readonly sent: number }
  /** Where each receiver, and the admin server, listens. */
  readonly listening: Readonly<Record<string, string>>
  readonly receivers: readonly ReceiverStatus[]
  readonly exporters: readonly ExporterStatus[]
  readonly removedExporters: readonly RemovedExporterStatus[]
  /** The queue of the exporter with the most waiting documents. */
  readonly queue: WaitingStatus & {
    readonly dir: string
    /** Bytes that may wait for one exporter. */
    readonly maxBytes: number
    /** Whether clients are asked to retry later, as one exporter's queue is full. */
    readonly isFull: boolean
  }
  /** Delivery of all exporters together: failing if one of them is. */
  readonly delivery: DeliveryStatus
  /** Dead letters of all exporters, of removed ones too. */
  readonly deadLetters: DeadLetterCounts
  readonly counts: {
    /** By receiver. */
    readonly received: CountsByLabel
    readonly senders: CountsByLabel
    readonly rejected: CountsByLabel
    readonly failedRequests: CountsByLabel
    readonly queued: number
    readonly truncated: number
    /** Documents whose senders wait for no answer and that were lost, by reason. */
    readonly dropped: CountsByLabel
    /** By exporter. */
    readonly sent: CountsByLabel
  }
  /** Recent warnings and errors, one per kind, the last one first. */
  readonly problems: readonly SeenProblem[]
}
