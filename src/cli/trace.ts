import { ExitCode } from '../errors/command-error.ts'
import * as v from 'valibot'
import { assembleTrace, type Segment, type Trace } from '../trace/assemble-trace.ts'
import { exceptionsOf } from '../trace/causes-of.ts'
import { durationOf } from '../trace/index-trace.ts'
import { type Command, type CommandContext } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'
import { formatSeconds } from '../trace/format-seconds.ts'
import { type Outcome, palette } from './palette.ts'
import { UsageError } from './usage-error.ts'
import { openCaller } from './xray-caller.ts'

const schema = v.object({
  Traces: v.array(v.object({ Id: v.string(), Segments: v.array(v.object({ Document: v.string() })) })),
})
const NAMES = 44
const BAR = 40

/** Shows one trace. */
export const trace: Command = {
  name: 'trace',
  summary: 'show one trace as a waterfall',
  args: 'ID',
  details: "ID is X-Ray's (1-5759e988-bd862e3fe1be46a994272793) or W3C's (32 hexadecimal digits).\n" +
    'The agent must run with export.local, or --aws asks AWS X-Ray.',
  options: {
    ...configOptions,
    aws: { type: 'boolean', summary: 'ask AWS X-Ray instead of the agent here' },
    json: { type: 'boolean', summary: 'print the segment documents, as JSON lines' },
  },
  async run(context) {
    const { args: [name], flags, print } = context
    if (name === undefined) throw new UsageError('Name the id of a trace; see rontgen traces')
    const id = idOf(name)
    const { settings } = await loadFrom({ ...context, args: [] })
    const { Traces: [found] } = await openCaller(settings, context).call('/Traces', schema, { TraceIds: [id] })
    if (found === undefined) throw new Error(`There is no trace ${id}`)
    const documents = found.Segments.map(({ Document }) => Document)
    if (flags['json'] === true) { for (const document of documents) print(document + '\n') }
    else print(waterfall(assembleTrace(id, documents), context))
    return ExitCode.ok
  },
}

function idOf(text: string): string {
  if (/^1-[0-9a-f]{8}-[0-9a-f]{24}$/i.test(text)) return text.toLowerCase()
  if (/^[0-9a-f]{32}$/i.test(text)) return `1-${text.slice(0, 8)}-${text.slice(8)}`.toLowerCase()
  throw new UsageError(`"${text}" is no trace id`)
}

function waterfall({ id, roots, segments }: Trace, { env }: CommandContext): string {
  const colour = palette(env)
  const all = [...segments.values()]
  const start = Math.min(...all.map((segment) => segment.start))
  const end = Math.max(...all.map((segment) => segment.end ?? segment.start))
  const lines = [
    `${id}  ${new Date(start * 1000).toISOString()}  ${formatSeconds(end - start)}  ${all.length} segments`,
    '',
  ]
  const add = (segment: Segment, depth: number): void => {
    const outcome = outcomeOf(segment)
    const indent = '  '.repeat(depth)
    const bar = barOf(segment, start, Math.max(end - start, 1e-6))
    const time = segment.end === undefined ? 'in progress' : formatSeconds(durationOf(segment))
    const word = outcome === 'ok' ? '' : `  ${outcome}`
    lines.push(`${cut(indent + segment.name, NAMES)} ${colour(outcome, bar)} ${time}${colour(outcome, word)}`)
    for (const { name, message } of exceptionsOf(segment)) {
      lines.push(colour(outcome, `${indent}  ! ${name}: ${message.split('\n')[0] ?? ''}`))
    }
    for (const child of segment.children) add(child, depth + 1)
  }
  for (const root of roots) {
    if (root.parentId !== undefined) lines.push(`parent ${root.parentId} not received:`)
    add(root, 0)
  }
  return lines.join('\n') + '\n'
}

function outcomeOf({ document }: Segment): Outcome {
  if (document['fault'] === true) return 'fault'
  if (document['throttle'] === true) return 'throttle'
  return document['error'] === true ? 'error' : 'ok'
}

function barOf(segment: Segment, start: number, whole: number): string {
  const from = Math.min(BAR - 1, Math.round(((segment.start - start) / whole) * BAR))
  const length = Math.max(1, Math.min(BAR - from, Math.round((durationOf(segment) / whole) * BAR)))
  const mark = segment.end === undefined ? '░' : '█'
  return ' '.repeat(from) + mark.repeat(length) + ' '.repeat(BAR - from - length)
}

function cut(text: string, width: number): string {
  return text.length > width ? text.slice(0, width - 1) + '…' : text.padEnd(width)
}
