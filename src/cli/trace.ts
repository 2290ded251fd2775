import * as v from 'valibot'
import { printable, printableJson } from '../bytes/printable.ts'
import { ExitCode } from '../errors/command-error.ts'
import { countNoun } from '../telemetry/count-noun.ts'
import { assembleTrace, type Segment, type Trace } from '../trace/assemble-trace.ts'
import { exceptionsOf } from '../trace/causes-of.ts'
import { formatSeconds } from '../trace/format-seconds.ts'
import { durationOf, timesOf } from '../trace/index-trace.ts'
import { outcomeOfDocument } from '../trace/outcome.ts'
import { parseTraceId } from '../trace/trace-id.ts'
import type { Command, CommandContext } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'
import { palette } from './palette.ts'
import { UsageError } from './usage-error.ts'
import { openCaller } from './xray-caller.ts'

/** The part of BatchGetTraces that the command needs. */
const schema = v.object({
  Traces: v.array(v.object({ Id: v.string(), Segments: v.array(v.object({ Document: v.string() })) })),
})
/** Widths of the columns with names and bars, in characters. */
const NAME_WIDTH = 44
const BAR_WIDTH = 40

/** Shows one trace. */
export const trace: Command = {
  name: 'trace',
  summary: 'show a trace as a waterfall',
  args: 'ID',
  details:
    'ID is a trace id of X-Ray (1-5759e988-bd862e3fe1be46a994272793) or of W3C Trace Context (32 hexadecimal digits).\n' +
    'Reads from the running agent, which needs export.local; with --aws from AWS X-Ray.',
  options: {
    ...configOptions,
    aws: { type: 'boolean', summary: 'read from AWS X-Ray instead of the running agent' },
    json: { type: 'boolean', summary: 'print the segment documents as JSON lines' },
  },
  async run(context) {
    const { args: [idText], flags, print } = context
    if (idText === undefined) throw new UsageError('Name the id of a trace; see rontgen traces')
    const id = parseTraceId(idText)
    if (id === undefined) throw new UsageError(`"${idText}" is not a trace id`)
    const { settings } = await loadFrom({ ...context, args: [] })
    const { Traces: [found] } = await openCaller(settings, context).call('/Traces', schema, { TraceIds: [id] })
    if (found === undefined) throw new Error(`There is no trace ${id}`)
    const documents = found.Segments.map(({ Document }) => Document)
    if (flags['json'] === true) print(documents.map(lineOfJson).join(''))
    else print(waterfall(assembleTrace(id, documents), context))
    return ExitCode.ok
  },
}

/** A document on one line. */
function lineOfJson(document: string): string {
  return `${printableJson(document.replace(/[\t\n\r]/g, ' '))}\n`
}

/** One line per segment: name, bar, duration, outcome; its exceptions below. */
function waterfall(trace: Trace, { env }: CommandContext): string {
  const { id, roots, segments } = trace
  const colour = palette(env)
  const all = [...segments.values()]
  const { start, end } = timesOf(trace)
  const lines = [
    `${id}  ${new Date(start * 1000).toISOString()}  ${formatSeconds(end - start)}  ${
      countNoun(all.length, 'segment')
    }`,
    '',
  ]
  const add = (segment: Segment, depth: number): void => {
    const outcome = outcomeOfDocument(segment.document)
    const indent = '  '.repeat(depth)
    const bar = barOf(segment, start, Math.max(end - start, 1e-6))
    const time = segment.end === undefined ? 'in progress' : formatSeconds(durationOf(segment))
    const word = outcome === 'ok' || outcome === 'in-progress' ? '' : `  ${outcome}`
    lines.push(
      `${cut(indent + printable(segment.name), NAME_WIDTH)} ${colour(outcome, bar)} ${time}${colour(outcome, word)}`,
    )
    for (const { name, message } of exceptionsOf(segment)) {
      lines.push(colour(outcome, `${indent}  ! ${printable(`${name}: ${message.split('\n')[0] ?? ''}`)}`))
    }
    for (const child of segment.children) add(child, depth + 1)
  }
  for (const root of roots) {
    if (root.parentId !== undefined) lines.push(`parent ${printable(root.parentId)} not received:`)
    add(root, 0)
  }
  return lines.join('\n') + '\n'
}

/** @param start of the trace, in Unix seconds @param duration of the trace, in seconds */
function barOf(segment: Segment, start: number, duration: number): string {
  const from = Math.min(BAR_WIDTH - 1, Math.round(((segment.start - start) / duration) * BAR_WIDTH))
  const length = Math.max(1, Math.min(BAR_WIDTH - from, Math.round((durationOf(segment) / duration) * BAR_WIDTH)))
  const mark = segment.end === undefined ? '░' : '█'
  return ' '.repeat(from) + mark.repeat(length) + ' '.repeat(BAR_WIDTH - from - length)
}

/** Cuts or pads a text to a width. */
function cut(text: string, width: number): string {
  return text.length > width ? text.slice(0, width - 1) + '…' : text.padEnd(width)
}
