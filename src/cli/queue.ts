import { ExitCode } from '../errors/command-error.ts'
import { countNoun } from '../telemetry/count-noun.ts'
import type { RemovedExporterStatus } from '../telemetry/status.ts'
import type { Command, CommandContext } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'
import { describeKept } from './describe-kept.ts'
import { formatPeriod } from './format-period.ts'
import { type OpenQueue, openQueue } from './open-queue.ts'
import { UsageError } from './usage-error.ts'

const verbs = ['list', 'move', 'drop'] as const

/** What the command line asks for. */
type Request =
  | { readonly verb: 'list' }
  | { readonly verb: 'drop'; readonly exporter: string }
  | { readonly verb: 'move'; readonly exporter: string; readonly to: string }

/** Lists, moves or deletes what is kept for exporters that the config no longer has. */
export const queue: Command = {
  name: 'queue',
  summary: 'list, move or drop the documents of exporters that the config no longer has',
  args: 'list|move|drop [EXPORTER]',
  details: '  list                         print one line per removed exporter: documents, bytes, age, dead letters\n' +
    '  move EXPORTER --to EXPORTER  send its documents and dead letters to another exporter\n' +
    '  drop EXPORTER                delete its documents and dead letters\n' +
    'Undelivered documents stay in the spool when their exporter is removed from the config, and are delivered when it\n' +
    'returns. Calls the running agent; if none runs, opens the spool itself.',
  options: {
    ...configOptions,
    json: { type: 'boolean', summary: 'with list: print JSON lines' },
    to: { type: 'string', value: 'EXPORTER', summary: 'with move: exporter that gets them' },
  },
  async run(context) {
    const request = parse(context)
    const { settings } = await loadFrom({ ...context, args: [] })
    const opened = await openQueue(settings, context.env)
    try {
      await apply(request, opened, context)
      return ExitCode.ok
    } finally {
      opened.close()
    }
  },
}

/** @throws {UsageError} if something is missing, or too much */
function parse({ args, flags }: CommandContext): Request {
  const [verb = 'list', exporter, ...more] = args
  const to = flags['to'] === undefined ? undefined : String(flags['to'])
  if (verb !== 'list' && verb !== 'move' && verb !== 'drop') {
    throw new UsageError(`"${verb}" must be one of ${verbs.join(', ')}`)
  }
  if (to !== undefined && verb !== 'move') throw new UsageError('--to goes with move only')
  if (verb === 'list') {
    if (exporter !== undefined) throw new UsageError('The list takes no exporter: it shows all that were removed')
    return { verb }
  }
  if (exporter === undefined) throw new UsageError(`Name the exporter to ${verb}; see rontgen queue list`)
  if (more.length > 0) throw new UsageError(`Name one exporter to ${verb} at a time`)
  if (verb === 'drop') return { verb, exporter }
  if (to === undefined) throw new UsageError('Name the exporter to move to with --to')
  return { verb, exporter, to }
}

async function apply(request: Request, opened: OpenQueue, { flags, print }: CommandContext): Promise<void> {
  if (request.verb === 'drop') {
    const dropped = await opened.dropRemoved(request.exporter)
    return print(`${dropped === 1 ? '1 document or dead letter' : `${dropped} documents and dead letters`} dropped\n`)
  }
  if (request.verb === 'move') {
    const { exporter, to } = request
    const before = (await opened.removedExporters()).find(({ name }) => name === exporter)
    const documents = await opened.moveRemoved(exporter, to)
    const dead = before?.deadLetters.count ?? 0
    const andDead = dead === 0 ? '' : ` and ${countNoun(dead, 'dead letter')}`
    return print(`${countNoun(documents, 'document')}${andDead} moved to ${to}\n`)
  }
  const isJson = flags['json'] === true
  const removed = await opened.removedExporters()
  if (removed.length === 0 && !isJson) print('Nothing is kept for removed exporters\n')
  for (const exporter of removed) print(isJson ? JSON.stringify(exporter) + '\n' : lineOf(exporter))
}

function lineOf(exporter: RemovedExporterStatus): string {
  const age = exporter.documents === 0 ? '' : `, the oldest ${formatPeriod(exporter.oldest)} old`
  return `${exporter.name}: ${describeKept(exporter)}${age}\n`
}
