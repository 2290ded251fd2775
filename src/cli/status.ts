import { ExitCode } from '../errors/command-error.ts'
import * as v from 'valibot'
import { AdminClient } from './admin-client.ts'
import { type Command } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'

const counts = v.record(v.string(), v.number())
const schema = v.object({
  version: v.string(),
  pid: v.number(),
  uptime: v.number(),
  config: v.nullable(v.string()),
  configHash: v.string(),
  credentials: v.nullable(v.object({ source: v.string(), accessKeyId: v.string(), expires: v.nullable(v.string()) })),
  rates: v.object({ received: v.number(), sent: v.number() }),
  problems: v.array(v.object({ time: v.string(), message: v.string(), level: v.string() })),
  listening: v.record(v.string(), v.string()),
  queue: v.object({
    dir: v.string(),
    documents: v.number(),
    bytes: v.number(),
    maxBytes: v.number(),
    oldest: v.number(),
  }),
  delivery: v.object({
    to: v.string(),
    state: v.string(),
    failingFor: v.number(),
    lastFailure: v.nullable(v.object({ time: v.string(), message: v.string() })),
    inFlight: v.number(),
    limit: v.number(),
    retrying: v.number(),
  }),
  deadLetters: v.object({ count: v.number(), bytes: v.number() }),
  counts: v.looseObject({
    received: counts,
    refused: counts,
    sent: v.number(),
    dropped: counts,
    retried: counts,
    requests: counts,
  }),
  latency: v.object({ p50: v.nullable(v.number()), p99: v.nullable(v.number()) }),
})

/** Shows how the agent is. */
export const status: Command = {
  name: 'status',
  summary: 'show how the running agent is',
  args: '[FILE]',
  details:
    'Asks the agent at its admin port, which the config names. --json prints everything, with times in seconds.\n' +
    'Exits 69 if no agent answers.',
  options: { ...configOptions, json: { type: 'boolean', summary: 'print it as JSON' } },
  async run(context) {
    const { settings } = await loadFrom(context)
    const answer = await new AdminClient(settings).call('/status', v.looseObject(schema.entries))
    context.print(context.flags['json'] === true ? JSON.stringify(answer, undefined, 2) + '\n' : describe(answer))
    return ExitCode.ok
  },
}

function describe(status: v.InferOutput<typeof schema>): string {
  const { queue, delivery, deadLetters, counts, latency, rates, credentials, problems } = status
  const failure = delivery.lastFailure
  const lines: [string, string][] = [
    ['rontgen', `${status.version}, process ${status.pid}, up ${period(status.uptime)}`],
    ['config', `${status.config ?? 'the defaults'}, ${status.configHash}`],
    ...Object.entries(status.listening).map(([name, address]): [string, string] => [name, address]),
    ['received', `${sum(counts.received)}${list(counts.received)}`],
    ['refused', `${sum(counts.refused)}${list(counts.refused)}`],
    [
      'queue',
      `${queue.documents} documents, ${megabytes(queue.bytes)} of ${megabytes(queue.maxBytes)}, oldest ${
        period(queue.oldest)
      }`,
    ],
    ['spool', queue.dir],
    [
      'delivery',
      `${delivery.to}: ${delivery.state}${delivery.state === 'ok' ? '' : ` for ${period(delivery.failingFor)}`}`,
    ],
    [
      'sent',
      `${counts.sent} documents, ${
        sum(counts.retried)
      } sent again, ${delivery.inFlight} of ${delivery.limit} requests in flight`,
    ],
    ['latency', sum(counts.requests) === 0 ? 'no requests yet' : latencyOf(latency)],
    ['dropped', `${sum(counts.dropped)}${list(counts.dropped)}`],
    [
      'dead letters',
      `${deadLetters.count}, ${megabytes(deadLetters.bytes)}${
        deadLetters.count > 0 ? '; see rontgen dead-letters list' : ''
      }`,
    ],
    ['rates', `${rates.received.toFixed(1)} received and ${rates.sent.toFixed(1)} sent a second`],
    [
      'credentials',
      credentials === null
        ? 'none in use'
        : `${credentials.accessKeyId}, by ${credentials.source}${
          credentials.expires === null ? '' : `, until ${credentials.expires}`
        }`,
    ],
    ['last error', problems[0] === undefined ? 'none' : `${problems[0].time} ${problems[0].message}`],
    ['last failure', failure === null ? 'none' : `${failure.time} ${failure.message}`],
  ]
  const width = Math.max(...lines.map(([name]) => name.length))
  return lines.map(([name, text]) => `${name.padEnd(width)}  ${text}\n`).join('')
}

function sum(by: Record<string, number>): number {
  return Object.values(by).reduce((total, count) => total + count, 0)
}

function list(by: Record<string, number>): string {
  const parts = Object.entries(by).map(([name, count]) => `${name} ${count}`)
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}

function latencyOf({ p50, p99 }: v.InferOutput<typeof schema>['latency']): string {
  return `half within ${seconds(p50)}, 99 of 100 within ${seconds(p99)}`
}

/** The last bucket has no bound, and JSON no infinity. */
function seconds(bound: number | null): string {
  return bound === null ? 'more than 10 s' : `${bound} s`
}

function period(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(0)} s`
  return seconds < 7200 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(1)} h`
}
