import { createHash } from 'node:crypto'
import { describeRemoved } from '../admin/queue-access.ts'
import type { Loaded } from '../config/load-config.ts'
import type { OpenInstance } from '../pipeline/exporter-set.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import type { QueueState } from '../queue/queue.ts'
import type { ExporterReport } from '../telemetry/exporter-report.ts'
import type { Events } from '../telemetry/events.ts'
import type { RateHistory } from '../telemetry/rate-history.ts'
import type { DeadLetterCounts, DeliveryStatus, ExporterStatus, ReceiverStatus, Status } from '../telemetry/status.ts'
import { VERSION } from '../version.ts'

/** What the status is computed from. */
export interface StatusParts {
  readonly started: Date
  readonly loaded: Loaded
  readonly pipeline: Pipeline
  readonly events: Events
  readonly rates: RateHistory
  /** Where the admin server listens; undefined if it does not. */
  readonly adminAddress: string | undefined
}

/** The status of an agent. */
export function statusOf({ started, loaded, pipeline, events, rates, adminAddress }: StatusParts): Status {
  const { counters } = events
  const { queue, exporters, receivers } = pipeline
  const state = queue.state
  const exporterList = exporters.instances.flatMap((instance) =>
    exporterStatus(instance, state, events.exporter(instance.name))
  )
  const listening = Object.fromEntries(receivers.listening.map(({ name, address }) => [name, address]))
  return {
    version: VERSION,
    pid: process.pid,
    started: started.toISOString(),
    uptime: (Date.now() - started.getTime()) / 1000,
    config: loaded.file ?? null,
    configHash: createHash('sha256').update(JSON.stringify(loaded.settings)).digest('hex').slice(0, 12),
    credentials: exporters.credentials ?? null,
    rates: rates.perSecond(),
    listening: { ...listening, ...(adminAddress === undefined ? {} : { admin: adminAddress }) },
    receivers: receivers.listening.map((receiver): ReceiverStatus => ({
      ...receiver,
      received: counters.received.of(receiver.name),
      rejected: counters.rejected.of(receiver.name),
      failedRequests: counters.failedRequests.of(receiver.name),
    })),
    exporters: exporterList,
    removedExporters: state.removed.map(describeRemoved),
    queue: queueStatus(state, exporterList),
    delivery: totalDelivery(exporterList, exporters.description),
    deadLetters: allDeadLetters(state),
    counts: {
      received: counters.received.by,
      senders: counters.senders.by,
      rejected: counters.rejected.by,
      failedRequests: counters.failedRequests.by,
      queued: counters.queued,
      truncated: counters.truncated,
      dropped: counters.dropped.by,
      sent: Object.fromEntries(exporterList.map(({ name, counts }) => [name, counts.sent])),
    },
    problems: events.problems,
  }
}

function exporterStatus(instance: OpenInstance, state: QueueState, report: ExporterReport): ExporterStatus[] {
  const lane = state.lanes.find(({ name }) => name === instance.name)
  if (lane === undefined) return []
  const { counters, lastFailure } = report
  const { delivery } = lane
  return [{
    name: lane.name,
    label: instance.exporter.label,
    to: instance.open.describe(),
    whenFull: lane.whenFull,
    isFull: lane.isFull,
    credentials: instance.open.credentials?.() ?? null,
    state: delivery.isFailing ? 'failing' : 'ok',
    failingFor: delivery.failingForMs / 1000,
    lastFailure: lastFailure === undefined
      ? null
      : { time: new Date(lastFailure.time).toISOString(), message: lastFailure.message },
    inFlight: delivery.inFlight,
    limit: delivery.limit,
    retrying: delivery.retrying,
    waiting: { documents: lane.documents, bytes: lane.bytes, oldest: lane.oldestMs / 1000 },
    deadLetters: lane.deadLetters,
    counts: {
      sent: counters.sent,
      retried: counters.retried.by,
      unprocessed: counters.unprocessed.by,
      deadLettered: counters.deadLettered.by,
      dropped: counters.dropped.by,
      requests: counters.requests.by,
    },
    latency: { p50: counters.latency.quantile(0.5), p99: counters.latency.quantile(0.99) },
  }]
}

function queueStatus({ dir, maxBytes, isFull }: QueueState, exporters: readonly ExporterStatus[]): Status['queue'] {
  const waiting = exporters.map((exporter) => exporter.waiting)
  const [longest = { documents: 0, bytes: 0, oldest: 0 }] = waiting.toSorted((a, b) => b.documents - a.documents)
  return { dir, maxBytes, isFull, ...longest }
}

/** The dead letters of removed exporters too: `dead-letters list` has them. */
function allDeadLetters({ lanes, removed }: QueueState): DeadLetterCounts {
  const totals = [...lanes, ...removed].map(({ deadLetters }) => deadLetters)
  return { count: sum(totals.map(({ count }) => count)), bytes: sum(totals.map(({ bytes }) => bytes)) }
}

function totalDelivery(exporters: readonly ExporterStatus[], description: string): DeliveryStatus {
  const failures = exporters.map(({ lastFailure }) => lastFailure).filter((failure) => failure !== null)
  return {
    to: description,
    state: exporters.some(({ state }) => state === 'failing') ? 'failing' : 'ok',
    failingFor: Math.max(0, ...exporters.map(({ failingFor }) => failingFor)),
    lastFailure: failures.toSorted((a, b) => b.time.localeCompare(a.time))[0] ?? null,
    inFlight: sum(exporters.map(({ inFlight }) => inFlight)),
    limit: sum(exporters.map(({ limit }) => limit)),
    retrying: sum(exporters.map(({ retrying }) => retrying)),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
