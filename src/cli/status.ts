import * as v from 'valibot'
import { ExitCode } from '../errors/command-error.ts'
import { countNoun } from '../telemetry/count-noun.ts'
import { AdminClient } from './admin-client.ts'
import type { Command } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'
import { describeKept } from './describe-kept.ts'
import { formatBytes } from '../bytes/format-bytes.ts'
import { formatPeriod } from './format-period.ts'

const counts = v.record(v.string(), v.number())
const waiting = v.object({ documents: v.number(), bytes: v.number(), oldest: v.number() })
const deadLetters = v.object({ count: v.number(), bytes: v.number() })
/** The bound of a histogram bucket, in seconds. JSON has no infinity, so null stands for the last bucket's. */
const bound = v.nullable(v.number())
const credentialsSchema = v.object({ source: v.string(), accessKeyId: v.string(), expires: v.nullable(v.string()) })
const exporterSchema = v.object({
  name: v.string(),
  to: v.string(),
  state: v.picklist(['ok', 'failing']),
  failingFor: v.number(),
  lastFailure: v.nullable(v.object({ time: v.string(), message: v.string() })),
  inFlight: v.number(),
  limit: v.number(),
  whenFull: v.string(),
  isFull: v.boolean(),
  credentials: v.nullable(credentialsSchema),
  waiting,
  deadLetters,
  counts: v.looseObject({ sent: v.number(), retried: counts, dropped: counts, requests: counts }),
  latency: v.object({ p50: bound, p99: bound }),
})
const schema = v.object({
  version: v.string(),
  pid: v.number(),
  uptime: v.number(),
  config: v.nullable(v.string()),
  configHash: v.string(),
  rates: v.object({ received: v.number(), sent: v.number() }),
  problems: v.array(v.object({ time: v.string(), message: v.string(), level: v.string() })),
  listening: v.record(v.string(), v.string()),
  exporters: v.array(exporterSchema),
  removedExporters: v.array(v.object({ name: v.string(), ...waiting.entries, deadLetters })),
  queue: v.looseObject({ dir: v.string(), maxBytes: v.number() }),
  counts: v.looseObject({ received: counts, rejected: counts, dropped: counts }),
})

/** Shows the status of the agent. */
export const status: Command = {
  name: 'status',
  summary: 'show the status of the running agent',
  args: '[FILE]',
  details:
    'Calls the admin port of the agent, which the config sets. --json prints every field, with durations in seconds.\n' +
    'Exits 69 if no agent answers.',
  options: { ...configOptions, json: { type: 'boolean', summary: 'print JSON' } },
  async run(context) {
    const { settings } = await loadFrom(context)
    const answer = await new AdminClient(settings).call('/status', v.looseObject(schema.entries))
    context.print(context.flags['json'] === true ? JSON.stringify(answer, undefined, 2) + '\n' : describe(answer))
    return ExitCode.ok
  },
}

function describe(status: v.InferOutput<typeof schema>): string {
  const { queue, counts, problems } = status
  const lines: Line[] = [
    ['rontgen', `${status.version}, process ${status.pid}, up ${formatPeriod(status.uptime)}`],
    ['config', `${status.config ?? 'the defaults'}, ${status.configHash}`],
    ...Object.entries(status.listening).map(([name, address]): Line => [name, address]),
    ['received', `${sum(counts.received)}${list(counts.received)}`],
    ['rejected', `${sum(counts.rejected)}${list(counts.rejected)}`],
    ['dropped', `${sum(counts.dropped)}${list(counts.dropped)}`],
    ['spool', queue.dir],
    ...status.exporters.flatMap((exporter) => linesOf(exporter, queue.maxBytes)),
    ...status.removedExporters.map((removed): Line => [
      removed.name,
      `removed from the config; ${describeKept(removed)} are kept, see rontgen queue`,
    ]),
    ['rates', ratesOf(status)],
    ['last error', problems[0] === undefined ? 'none' : `${problems[0].time} ${problems[0].message}`],
  ]
  const width = Math.max(...lines.map(([name]) => name.length))
  return lines.map(([name, text]) => `${name.padEnd(width)}  ${text}\n`).join('')
}

type Line = [name: string, text: string]

function linesOf(exporter: v.InferOutput<typeof exporterSchema>, maxBytes: number): Line[] {
  const { name, to, state, failingFor, counts, deadLetters, credentials, lastFailure: failure } = exporter
  const dropped = sum(counts.dropped)
  return [
    [name, `${to}: ${state}${state === 'ok' ? '' : ` for ${formatPeriod(failingFor)}`}`],
    ...(credentials === null ? [] : [['  credentials', credentialsOf(credentials)] as Line]),
    ['  waiting', waitingOf(exporter, maxBytes)],
    [
      '  sent',
      `${countNoun(counts.sent, 'document')}, ${sum(counts.retried)} retried${
        list(counts.retried)
      }, ${exporter.inFlight} of ` +
      `${exporter.limit} requests in flight`,
    ],
    // The local store and the terminal take no requests.
    ...(sum(counts.requests) === 0 ? [] : [['  latency', latencyOf(exporter.latency)] as Line]),
    ...(dropped === 0 ? [] : [['  dropped', `${dropped}${list(counts.dropped)}`] as Line]),
    [
      '  dead letters',
      deadLetters.count === 0
        ? '0'
        : `${deadLetters.count} (${formatBytes(deadLetters.bytes)}); see rontgen dead-letters list`,
    ],
    ...(failure === null ? [] : [['  last failure', `${failure.time} ${failure.message}`] as Line]),
  ]
}

function credentialsOf({ accessKeyId, source, expires }: v.InferOutput<typeof credentialsSchema>): string {
  return `${accessKeyId}, from ${source}${expires === null ? '' : `, until ${expires}`}`
}

/** Each exporter delivers the same documents, so what they deliver is not added up. */
function ratesOf({ rates, exporters }: v.InferOutput<typeof schema>): string {
  const by = exporters.length > 1 ? ', by the exporter that sent most' : ''
  return `${rates.received.toFixed(1)} received and ${rates.sent.toFixed(1)} sent per second${by}`
}

function waitingOf({ waiting, whenFull, isFull }: v.InferOutput<typeof exporterSchema>, maxBytes: number): string {
  const { documents, bytes, oldest } = waiting
  const waits = documents === 0
    ? '0 documents'
    : `${countNoun(documents, 'document')} (${formatBytes(bytes)}, the oldest ${formatPeriod(oldest)})`
  if (isFull) return `${waits}: FULL, over ${formatBytes(maxBytes)}, so clients get 503/UNAVAILABLE`
  return `${waits}; over ${formatBytes(maxBytes)} ${
    whenFull === 'drop-oldest' ? 'the oldest are dropped' : 'clients wait'
  }`
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}

function list(counts: Record<string, number>): string {
  const parts = Object.entries(counts).map(([name, count]) => `${name} ${count}`)
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

function latencyOf({ p50, p99 }: v.InferOutput<typeof exporterSchema>['latency']): string {
  return `half within ${seconds(p50)}, 99 of 100 within ${seconds(p99)}`
}

function seconds(bound: number | null): string {
  if (bound === null) return 'more than 10 s'
  return bound < 1 ? `${bound * 1000} ms` : `${bound} s`
}
