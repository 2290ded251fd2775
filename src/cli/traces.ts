import * as v from 'valibot'
import { printable, printableJson } from '../bytes/printable.ts'
import { duration } from '../component/values.ts'
import { ExitCode } from '../errors/command-error.ts'
import type { TraceSummary } from '../trace/api/trace-answers.ts'
import { formatSeconds } from '../trace/format-seconds.ts'
import { outcomeOfSummary } from '../trace/outcome.ts'
import { timeOf } from '../trace/time-of.ts'
import type { Command, CommandContext } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'
import { palette } from './palette.ts'
import { UsageError } from './usage-error.ts'
import { openCaller, type XrayCaller } from './xray-caller.ts'

/** How often `--follow` reads new traces, in milliseconds. */
const FOLLOW_MS = 1000
/** `--follow` shows traces that began at most this long ago, as they may arrive late; in seconds. */
const LATE_S = 60

/** What the command shows of a trace. The API returns more, which `--json` prints. */
type ListedTrace =
  & Pick<TraceSummary, 'Id' | 'StartTime' | 'ResponseTime' | 'HasFault' | 'HasError' | 'HasThrottle' | 'IsPartial'>
  & { readonly Http: Pick<TraceSummary['Http'], 'HttpURL' | 'HttpMethod' | 'HttpStatus'> }
  & { readonly EntryPoint?: { readonly Name: string } | undefined }

const flag = v.optional(v.boolean(), false)
/** AWS omits what is empty, so most members have a default. */
const summarySchema = v.looseObject({
  Id: v.string(),
  StartTime: v.number(),
  ResponseTime: v.optional(v.number(), 0),
  HasFault: flag,
  HasError: flag,
  HasThrottle: flag,
  IsPartial: flag,
  Http: v.optional(
    v.object({
      HttpURL: v.exactOptional(v.string()),
      HttpMethod: v.exactOptional(v.string()),
      HttpStatus: v.exactOptional(v.number()),
    }),
    {},
  ),
  EntryPoint: v.optional(v.object({ Name: v.optional(v.string(), '') })),
}) satisfies v.GenericSchema<unknown, ListedTrace>
const pageSchema = v.object({ TraceSummaries: v.array(summarySchema), NextToken: v.optional(v.nullable(v.string())) })

/** Lists traces. */
export const traces: Command = {
  name: 'traces',
  summary: 'list traces of the local store or of AWS X-Ray',
  args: '[FILTER]',
  details:
    'FILTER is an X-Ray filter expression, such as \'service("shop") { fault } AND responsetime > 1\'. The newest trace\n' +
    'comes first. Reads from the running agent, which needs export.local; with --aws from AWS X-Ray.',
  options: {
    ...configOptions,
    aws: { type: 'boolean', summary: 'read from AWS X-Ray instead of the running agent' },
    since: { type: 'string', value: 'TIME', summary: "how far back to look, such as '30m'; default: 1h" },
    limit: { type: 'string', value: 'N', summary: 'how many traces to list; default: 20' },
    follow: { type: 'boolean', short: 'f', summary: 'keep listing new traces as they arrive' },
    json: { type: 'boolean', summary: 'print the summaries as JSON lines' },
  },
  async run(context) {
    const { flags, args: [filter] } = context
    const sinceMs = v.safeParse(duration, flags['since'] ?? '1h')
    if (!sinceMs.success) throw new UsageError(`--since must be a time such as '30m'`)
    const limit = Number(flags['limit'] ?? 20)
    if (!Number.isInteger(limit) || limit < 1) throw new UsageError('--limit must be a whole number of at least 1')
    const { settings } = await loadFrom({ ...context, args: [] })
    const caller = openCaller(settings, context)
    const from = Date.now() / 1000 - sinceMs.output / 1000
    const found = await list(caller, from, filter, limit)
    const show = printer(context)
    if (found.length === 0 && flags['follow'] !== true && flags['json'] !== true) context.print('No trace matches\n')
    if (flags['follow'] !== true) {
      for (const summary of found) show(summary)
      return ExitCode.ok
    }
    for (const summary of found.toReversed()) show(summary)
    return await follow(caller, filter, new Set(found.map(({ Id }) => Id)), show)
  },
}

/** Reads the newest traces that match. @param from Unix seconds @param limit how many at most */
async function list(
  caller: XrayCaller,
  from: number,
  filter: string | undefined,
  limit: number,
): Promise<ListedTrace[]> {
  const found: ListedTrace[] = []
  let token: string | undefined
  do {
    const page = await caller.call('/TraceSummaries', pageSchema, {
      StartTime: from,
      EndTime: Date.now() / 1000,
      ...(filter === undefined ? {} : { FilterExpression: filter }),
      ...(token === undefined ? {} : { NextToken: token }),
    })
    found.push(...page.TraceSummaries)
    token = page.NextToken ?? undefined
  } while (token !== undefined && found.length < limit)
  return found.sort((a, b) => b.StartTime - a.StartTime).slice(0, limit)
}

/** Shows new traces until the process ends. @param known ids of the traces that were shown */
async function follow(
  caller: XrayCaller,
  filter: string | undefined,
  known: Set<string>,
  show: (summary: ListedTrace) => void,
): Promise<never> {
  while (true) {
    await new Promise((resolve) => setTimeout(resolve, FOLLOW_MS))
    const recent = await list(caller, Date.now() / 1000 - LATE_S, filter, 1000)
    for (const summary of recent.toReversed()) {
      if (!known.has(summary.Id) && !summary.IsPartial) show(summary)
      if (!summary.IsPartial) known.add(summary.Id)
    }
  }
}

/** Makes a function that prints a trace on one line, as text or as JSON. */
function printer({ print, flags: options, env }: CommandContext): (summary: ListedTrace) => void {
  if (options['json'] === true) return (summary) => print(printableJson(JSON.stringify(summary)) + '\n')
  const colour = palette(env)
  return (summary) => {
    const { Id, StartTime, ResponseTime, Http, EntryPoint } = summary
    const outcome = outcomeOfSummary(summary)
    const request = [Http.HttpMethod, Http.HttpURL, Http.HttpStatus].filter((part) => part !== undefined).join(' ')
    const time = timeOf(StartTime) === undefined ? '-' : new Date(StartTime * 1000).toISOString().slice(11, 23)
    const word = colour(outcome, outcome.replace('-', ' ').padEnd(11))
    const what = printable(`${EntryPoint?.Name ?? '-'}  ${request}`)
    print(`${time}  ${printable(Id)}  ${word}  ${formatSeconds(ResponseTime).padStart(8)}  ${what}\n`)
  }
}
