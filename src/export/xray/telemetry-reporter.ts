import { untilAborted } from '../../async/until-aborted.ts'
import type { XrayConnection } from '../../aws/open-xray.ts'
import { errorMessage } from '../../errors/error-message.ts'
import type { RequestOutcome } from '../../telemetry/counters.ts'
import type { ExporterReport } from '../../telemetry/exporter-report.ts'

/** How often records are sent, in milliseconds. */
const INTERVAL_MS = 60_000
/** How long a stop waits for the last record, in milliseconds. */
const STOP_TIMEOUT_MS = 1000

/** A record as PutTelemetryRecords takes it (https://docs.aws.amazon.com/xray/latest/api/API_TelemetryRecord.html). */
interface TelemetryRecord {
  /** Unix seconds. */
  readonly Timestamp: number
  readonly SegmentsReceivedCount: number
  readonly SegmentsSentCount: number
  readonly SegmentsSpilloverCount: number
  readonly SegmentsRejectedCount: number
  readonly BackendConnectionErrors: Readonly<Record<string, number>>
}

/** Who reports, as PutTelemetryRecords has it. */
export interface TelemetrySender {
  readonly Hostname: string
  readonly EC2InstanceId?: string
  readonly ResourceARN?: string
}

/** Reports to X-Ray once a minute what the agent received, rejected and sent, as the X-Ray daemon does. */
export class TelemetryReporter {
  #timer: ReturnType<typeof setInterval> | undefined
  #before: TelemetryRecord

  constructor(
    private readonly connection: XrayConnection,
    private readonly exporter: ExporterReport,
    private readonly sender: TelemetrySender,
  ) {
    this.#before = totalsOf(exporter)
    this.#timer = setInterval(() => void this.report(), INTERVAL_MS)
    this.#timer.unref()
  }

  /** Sends what was counted since the last record that X-Ray accepted; nothing if all counts are 0. */
  async report(): Promise<void> {
    const now = totalsOf(this.exporter)
    const record = difference(now, this.#before)
    if (isEmpty(record)) return
    try {
      const body = JSON.stringify({ TelemetryRecords: [record], ...this.sender })
      const response = await this.connection.call('/TelemetryRecords', body)
      await response.arrayBuffer()
      if (response.status === 200) this.#before = now
      else this.exporter.debug(`cannot send telemetry records: X-Ray answered ${response.status}`)
    } catch (error) {
      this.exporter.debug(`cannot send telemetry records: ${errorMessage(error)}`)
    }
  }

  /** Sends the last record, and waits for it a second at most; sends none after the deadline. */
  async stop(deadline: AbortSignal): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    if (deadline.aborted) return
    await Promise.race([
      this.report(),
      untilAborted(AbortSignal.any([deadline, AbortSignal.timeout(STOP_TIMEOUT_MS)])),
    ])
  }
}

function totalsOf({ agent, counters }: ExporterReport): TelemetryRecord {
  const errors = (...outcomes: RequestOutcome[]): number =>
    outcomes.reduce((sum, outcome) => sum + counters.requests.of(outcome), 0)
  return {
    Timestamp: Date.now() / 1000,
    SegmentsReceivedCount: agent.received.total,
    SegmentsSentCount: counters.sent,
    SegmentsSpilloverCount: agent.dropped.total + counters.dropped.total,
    SegmentsRejectedCount: agent.rejected.total + counters.deadLettered.total,
    BackendConnectionErrors: {
      TimeoutCount: errors('timeout'),
      ConnectionRefusedCount: errors('connection-refused'),
      HTTPCode4XXCount: errors('4xx', 'throttled'),
      HTTPCode5XXCount: errors('5xx'),
      UnknownHostCount: errors('unknown-host'),
      OtherCount: errors('other'),
    },
  }
}

function difference(now: TelemetryRecord, before: TelemetryRecord): TelemetryRecord {
  const errors = Object.entries(now.BackendConnectionErrors)
  return {
    Timestamp: now.Timestamp,
    SegmentsReceivedCount: now.SegmentsReceivedCount - before.SegmentsReceivedCount,
    SegmentsSentCount: now.SegmentsSentCount - before.SegmentsSentCount,
    SegmentsSpilloverCount: now.SegmentsSpilloverCount - before.SegmentsSpilloverCount,
    SegmentsRejectedCount: now.SegmentsRejectedCount - before.SegmentsRejectedCount,
    BackendConnectionErrors: Object.fromEntries(
      errors.map(([name, count]) => [name, count - (before.BackendConnectionErrors[name] ?? 0)]),
    ),
  }
}

function isEmpty({ Timestamp: _, BackendConnectionErrors: errors, ...counts }: TelemetryRecord): boolean {
  return [...Object.values(counts), ...Object.values(errors)].every((count) => count === 0)
}
