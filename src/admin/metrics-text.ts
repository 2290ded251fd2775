import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Histogram as LatencyHistogram } from '../telemetry/histogram.ts'
import type { ExporterStatus, Status } from '../telemetry/status.ts'
import type { AgentAccess } from './agent-access.ts'

/** One value of a metric with its labels. */
interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A metric that is read from the status when it is scraped. */
interface MetricReading {
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
  read(status: Status): Sample[]
}

function single(name: string, help: string, read: (status: Status) => number): MetricReading {
  return { name, help, labels: [], read: (status) => [{ labels: {}, value: read(status) }] }
}

/** One sample for each value of a label. */
function byLabel(
  name: string,
  help: string,
  label: string,
  read: (status: Status) => Readonly<Record<string, number>>,
): MetricReading {
  const samples = (status: Status): Sample[] =>
    Object.entries(read(status)).map(([key, value]) => ({ labels: { [label]: key }, value }))
  return { name, help, labels: [label], read: samples }
}

/** One sample for each exporter. */
function byExporter(name: string, help: string, read: (exporter: ExporterStatus) => number): MetricReading {
  const samples = ({ exporters }: Status): Sample[] =>
    exporters.map((exporter) => ({ labels: { exporter: exporter.name }, value: read(exporter) }))
  return { name, help, labels: ['exporter'], read: samples }
}

/** One sample for each exporter and each value of a label. */
function byExporterAnd(
  name: string,
  help: string,
  label: string,
  read: (exporter: ExporterStatus) => Readonly<Record<string, number>>,
): MetricReading {
  const samples = ({ exporters }: Status): Sample[] =>
    exporters.flatMap((exporter) =>
      Object.entries(read(exporter)).map(([key, value]) => ({
        labels: { exporter: exporter.name, [label]: key },
        value,
      }))
    )
  return { name, help, labels: ['exporter', label], read: samples }
}

/** What only grows. */
const counters: readonly MetricReading[] = [
  byLabel(
    'rontgen_received_total',
    'Spans (OTLP) and segment documents (X-Ray) received',
    'receiver',
    ({ counts }) => counts.received,
  ),
  byLabel('rontgen_rejected_total', 'Spans and documents rejected', 'receiver', ({ counts }) => counts.rejected),
  byLabel(
    'rontgen_failed_requests_total',
    'Requests of clients answered with an error',
    'receiver',
    ({ counts }) => counts.failedRequests,
  ),
  single('rontgen_queued_total', 'Documents put into the queue', ({ counts }) => counts.queued),
  single('rontgen_truncated_total', 'Documents truncated to fit into 64 KB', ({ counts }) => counts.truncated),
  byLabel(
    'rontgen_dropped_total',
    'Documents lost whose senders wait for no answer (UDP)',
    'reason',
    ({ counts }) => counts.dropped,
  ),
  byExporter('rontgen_sent_total', 'Documents delivered', ({ counts }) => counts.sent),
  byExporterAnd('rontgen_retried_total', 'Documents sent again, each time', 'why', ({ counts }) => counts.retried),
  byExporterAnd(
    'rontgen_unprocessed_total',
    'Documents that the backend did not process though it accepted the request',
    'code',
    ({ counts }) => counts.unprocessed,
  ),
  byExporterAnd(
    'rontgen_dead_letters_total',
    'Documents that became dead letters',
    'reason',
    ({ counts }) => counts.deadLettered,
  ),
  byExporterAnd(
    'rontgen_exporter_dropped_total',
    'Documents and dead letters given up for lack of room',
    'reason',
    ({ counts }) => counts.dropped,
  ),
  byExporterAnd('rontgen_requests_total', 'Requests to the backend', 'outcome', ({ counts }) => counts.requests),
  single('process_cpu_seconds_total', 'User and system CPU time', cpuSeconds),
]

/** What goes up and down. */
const gauges: readonly MetricReading[] = [
  byExporter('rontgen_queue_documents', 'Documents not delivered yet', ({ waiting }) => waiting.documents),
  byExporter('rontgen_queue_bytes', 'Bytes on disk that wait', ({ waiting }) => waiting.bytes),
  single('rontgen_queue_max_bytes', 'Bytes that may wait for one exporter', ({ queue }) => queue.maxBytes),
  byExporter('rontgen_queue_oldest_seconds', 'Age of what waits for longest', ({ waiting }) => waiting.oldest),
  byExporter('rontgen_dead_letters', 'Dead letters kept', ({ deadLetters }) => deadLetters.count),
  byExporter('rontgen_dead_letter_bytes', 'Bytes of dead letters kept', ({ deadLetters }) => deadLetters.bytes),
  byExporter('rontgen_delivery_failing', '1 while delivery fails', ({ state }) => (state === 'failing' ? 1 : 0)),
  byExporter('rontgen_requests_in_flight', 'Requests in flight', ({ inFlight }) => inFlight),
  byExporter('rontgen_requests_limit', 'Requests that may be in flight', ({ limit }) => limit),
  byLabel(
    'rontgen_removed_exporter_documents',
    'Documents kept for exporters that the config no longer has',
    'exporter',
    (
      { removedExporters },
    ) => Object.fromEntries(removedExporters.map(({ name, documents }) => [name, documents])),
  ),
  byLabel('rontgen_build_info', 'Always 1; the version is its label', 'version', ({ version }) => ({ [version]: 1 })),
  single('process_resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss()),
  single(
    'process_start_time_seconds',
    'When the agent started, in Unix seconds',
    ({ started }) => Date.parse(started) / 1000,
  ),
]

const latency = {
  name: 'rontgen_request_seconds',
  help: 'How long requests to the backend take',
  labelNames: ['exporter'] as const,
}

/** Every metric, for the documentation: name, kind, labels and help. */
export const metricList: readonly { name: string; kind: string; labels: readonly string[]; help: string }[] = [
  ...counters.map(({ name, labels, help }) => ({ name, kind: 'counter', labels, help })),
  ...gauges.map(({ name, labels, help }) => ({ name, kind: 'gauge', labels, help })),
  { name: latency.name, kind: 'histogram', labels: latency.labelNames, help: latency.help },
]

/** The metrics in the text format of Prometheus. */
export async function metricsText(agent: AgentAccess): Promise<string> {
  const status = agent.status()
  const registry = new Registry()
  const add = (Kind: typeof Counter | typeof Gauge, { name, help, labels, read }: MetricReading): void => {
    const metric = new Kind({ name, help, labelNames: [...labels], registers: [registry] })
    for (const sample of read(status)) metric.inc(sample.labels, sample.value)
  }
  for (const counter of counters) add(Counter, counter)
  for (const gauge of gauges) add(Gauge, gauge)
  const names = new Set(status.exporters.map(({ name }) => name))
  const exporters = agent.exporters().filter(({ name }) => names.has(name))
  registry.registerMetric(
    new CountedHistogram(exporters.map(({ name, counters: counted }) => ({ exporter: name, times: counted.latency }))),
  )
  return await registry.metrics()
}

interface CountedTimes {
  readonly exporter: string
  readonly times: LatencyHistogram
}

/** A histogram whose times were counted elsewhere. It is a gauge to the library, which asks no gauge for its buckets. */
class CountedHistogram extends Gauge {
  readonly #counted: readonly CountedTimes[]

  constructor(counted: readonly CountedTimes[]) {
    super({ ...latency, labelNames: [...latency.labelNames], registers: [] })
    this.#counted = counted
  }

  override async get() {
    const histogram = new Histogram({ ...latency, labelNames: [...latency.labelNames], registers: [] })
    return { ...await histogram.get(), values: this.#counted.flatMap(samplesOf) }
  }
}

function samplesOf({ exporter, times: { bounds, counts, sum, count } }: CountedTimes) {
  let seen = 0
  const buckets = counts.map((inBucket, i) => {
    seen += inBucket
    return sample(`${latency.name}_bucket`, { exporter, le: bounds[i] ?? '+Inf' }, seen)
  })
  return [
    ...buckets,
    sample(`${latency.name}_sum`, { exporter }, sum),
    sample(`${latency.name}_count`, { exporter }, count),
  ]
}

function sample(metricName: string, labels: { exporter: string; le?: number | string }, value: number) {
  return { metricName, labels, value, exemplar: null }
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
