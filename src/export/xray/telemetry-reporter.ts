import { untilAborted } from '../../async/until-aborted.ts'
import { errorMessage } from '../../errors/error-message.ts'
import { type CallOptions, callXray, type XrayPlace } from '../../aws/call-xray.ts'
import type { RequestOutcome } from '../../telemetry/counters.ts'
import type { ExporterReport } from '../../telemetry/exporter-report.ts'

/** How often records are sent, in milliseconds. */
const EVERY_MS = 60_000
/** How long the last one may take, in milliseconds. */
const LAST_MS = 1000

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

/** Who tells, as PutTelemetryRecords has it. */
export interface TelemetrySender {
  readonly Hostname: string
  readonly EC2InstanceId?: string
  readonly ResourceARN?: string
}

/** Tells X-Ray once a minute what the agent received, refused and sent, as the X-Ray daemon does. */
export class TelemetryReporter {
  #timer: ReturnType<typeof setInterval> | undefined
  #before: TelemetryRecord

  constructor(
    private readonly access: () => Promise<XrayPlace>,
    private readonly options: CallOptions,
    private readonly exporter: ExporterReport,
    private readonly sender: TelemetrySender,
    everyMs = EVERY_MS,
  ) {
    this.#before = totalsOf(exporter)
    this.#timer = setInterval(() => void this.report(), everyMs)
    this.#timer.unref()
  }

  /** Sends what happened since the last record that was taken; nothing if nothing did. */
  async report(): Promise<void> {
    const now = totalsOf(this.exporter)
    const record = difference(now, this.#before)
    if (isEmpty(record)) return
    try {
      const body = JSON.stringify({
        TelemetryRecords: [record],
        ...this.sender,
      })
      const response = await callXray(await this.access(), '/TelemetryRecords', encode(body), this.options)
      await response.arrayBuffer()
      if (response.status === 200) this.#before = now
      else this.exporter.debug(`cannot send telemetry records: X-Ray answered ${response.status}`)
    } catch (error) {
      this.exporter.debug(`cannot send telemetry records: ${errorMessage(error)}`)
    }
  }

  /** Sends the last record, for which a stop waits but a moment, and not at all if it is in a hurry. */
  async stop(deadline: AbortSignal): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    if (deadline.aborted) return
    await Promise.race([
      this.report(),
      untilAborted(AbortSignal.any([deadline, AbortSignal.timeout(LAST_MS)])),
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

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text))
}
