import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Histogram as Times } from '../telemetry/histogram.ts'
import type { AgentView } from './agent-view.ts'
import type { Status } from '../telemetry/status.ts'

/** A metric that is read from the status when it is asked for. */
interface Reading {
  readonly name: string
  readonly help: string
  readonly label?: string
  /** A number, or one for each value of the label. */
  read(status: Status): number | Readonly<Record<string, number>>
}

/** What only grows. */
const counters: readonly Reading[] = [
  {
    name: 'rontgen_received_total',
    help: 'Spans (OTLP) and segment documents (X-Ray) received',
    label: 'receiver',
    read: ({ counts }) => counts.received,
  },
  {
    name: 'rontgen_refused_total',
    help: 'Spans and documents refused',
    label: 'receiver',
    read: ({ counts }) => counts.refused,
  },
  {
    name: 'rontgen_failed_requests_total',
    help: 'Requests of clients answered with an error',
    label: 'receiver',
    read: ({ counts }) => counts.failedRequests,
  },
  { name: 'rontgen_queued_total', help: 'Documents put into the queue', read: ({ counts }) => counts.queued },
  { name: 'rontgen_cut_total', help: 'Documents cut to fit into 64 KB', read: ({ counts }) => counts.cut },
  { name: 'rontgen_sent_total', help: 'Documents delivered', read: ({ counts }) => counts.sent },
  {
    name: 'rontgen_retried_total',
    help: 'Documents sent again, each time',
    label: 'why',
    read: ({ counts }) => counts.retried,
  },
  {
    name: 'rontgen_unprocessed_total',
    help: 'Documents in UnprocessedTraceSegments',
    label: 'code',
    read: ({ counts }) => counts.unprocessed,
  },
  {
    name: 'rontgen_dead_total',
    help: 'Documents that became dead letters',
    label: 'reason',
    read: ({ counts }) => counts.dead,
  },
  {
    name: 'rontgen_dropped_total',
    help: 'Documents lost: UDP that could not be taken, dead letters over the bound',
    label: 'reason',
    read: ({ counts }) => counts.dropped,
  },
  {
    name: 'rontgen_requests_total',
    help: 'Requests to the destination',
    label: 'outcome',
    read: ({ counts }) => counts.requests,
  },
  { name: 'process_cpu_seconds_total', help: 'User and system CPU time', read: cpuSeconds },
]

/** What goes up and down. */
const gauges: readonly Reading[] = [
  { name: 'rontgen_queue_documents', help: 'Documents not delivered yet', read: ({ queue }) => queue.documents },
  { name: 'rontgen_queue_bytes', help: 'Bytes in the spool', read: ({ queue }) => queue.bytes },
  { name: 'rontgen_queue_max_bytes', help: 'Bytes from which on clients wait', read: ({ queue }) => queue.maxBytes },
  { name: 'rontgen_queue_oldest_seconds', help: 'Age of what waits for longest', read: ({ queue }) => queue.oldest },
  { name: 'rontgen_dead_letters', help: 'Dead letters kept', read: ({ deadLetters }) => deadLetters.count },
  {
    name: 'rontgen_dead_letter_bytes',
    help: 'Bytes of dead letters kept',
    read: ({ deadLetters }) => deadLetters.bytes,
  },
  {
    name: 'rontgen_delivery_failing',
    help: '1 while delivery fails',
    read: ({ delivery }) => (delivery.state === 'failing' ? 1 : 0),
  },
  { name: 'rontgen_requests_in_flight', help: 'Requests in flight', read: ({ delivery }) => delivery.inFlight },
  { name: 'rontgen_requests_limit', help: 'Requests that may be in flight', read: ({ delivery }) => delivery.limit },
  {
    name: 'rontgen_build_info',
    help: 'Always 1; the version is its label',
    label: 'version',
    read: ({ version }) => ({ [version]: 1 }),
  },
  { name: 'process_resident_memory_bytes', help: 'Resident memory', read: () => process.memoryUsage.rss() },
  {
    name: 'process_start_time_seconds',
    help: 'When the agent started, in Unix seconds',
    read: ({ started }) => Date.parse(started) / 1000,
  },
]

const times = { name: 'rontgen_request_seconds', help: 'How long requests to the destination take' }

/** Every metric, for the documentation: name, kind, label and help. */
export const metricList: readonly { name: string; kind: string; label: string; help: string }[] = [
  ...counters.map(({ name, label = '', help }) => ({ name, kind: 'counter', label, help })),
  ...gauges.map(({ name, label = '', help }) => ({ name, kind: 'gauge', label, help })),
  { ...times, kind: 'histogram', label: '' },
]

/** The metrics in the text format of Prometheus. */
export async function metricsText(view: AgentView): Promise<string> {
  const status = view.status()
  const registry = new Registry()
  const put = (Kind: typeof Counter | typeof Gauge, { name, help, label, read }: Reading): void => {
    const metric = new Kind({ name, help, labelNames: label === undefined ? [] : [label], registers: [registry] })
    const value = read(status)
    if (typeof value === 'number') return metric.inc(value)
    for (const [key, count] of Object.entries(value)) metric.inc({ [label ?? '']: key }, count)
  }
  for (const counter of counters) put(Counter, counter)
  for (const gauge of gauges) put(Gauge, gauge)
  registry.registerMetric(new CountedHistogram(view.latency))
  return await registry.metrics()
}

/** A histogram whose times were counted elsewhere. It is a gauge to the library, which asks no gauge for its buckets. */
class CountedHistogram extends Gauge {
  readonly #times: Times

  constructor(counted: Times) {
    super({ ...times, registers: [] })
    this.#times = counted
  }

  override async get() {
    const { bounds, counts, sum, count } = this.#times
    let seen = 0
    const buckets = counts.map((inBucket, i) => {
      seen += inBucket
      return bucket(`${times.name}_bucket`, { le: bounds[i] ?? '+Inf' }, seen)
    })
    const totals = [bucket(`${times.name}_sum`, {}, sum), bucket(`${times.name}_count`, {}, count)]
    return { ...await new Histogram({ ...times, registers: [] }).get(), values: [...buckets, ...totals] }
  }
}

function bucket(metricName: string, labels: { le?: number | string }, value: number) {
  return { metricName, labels, value, exemplar: null }
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
