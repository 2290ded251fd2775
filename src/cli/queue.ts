import { ExitCode } from '../errors/command-error.ts'
import type { RemovedExporterStatus } from '../telemetry/status.ts'
import type { Command, CommandContext } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'
import { type OpenQueue, openQueue } from './open-queue.ts'
import { UsageError } from './usage-error.ts'

const verbs = ['list', 'move', 'drop'] as const

/** Lists, moves or deletes what is kept for exporters that the config no longer has. */
export const queue: Command = {
  name: 'queue',
  summary: 'list, move or drop the documents of exporters that the config no longer has',
  args: 'list|move|drop [EXPORTER]',
  details: '  list                         print one line per removed exporter: documents, bytes, age, dead letters\n' +
    '  move EXPORTER --to EXPORTER  send its documents to another exporter\n' +
    '  drop EXPORTER                delete its documents and dead letters\n' +
    'Undelivered documents stay in the spool when their exporter is removed from the config, and are delivered when it\n' +
    'returns. Calls the running agent; if none runs, opens the spool itself.',
  options: {
    ...configOptions,
    json: { type: 'boolean', summary: 'print JSON lines' },
    to: { type: 'string', value: 'EXPORTER', summary: 'exporter to move the documents to' },
  },
  async run(context) {
    const { settings } = await loadFrom({ ...context, args: [] })
    const opened = await openQueue(settings, context.env)
    try {
      await apply(opened, context)
      return ExitCode.ok
    } finally {
      opened.close()
    }
  },
}

async function apply(opened: OpenQueue, { args, flags, print }: CommandContext): Promise<void> {
  const [verb = 'list', exporter] = args
  if (verb === 'list') {
    const removed = await opened.removedExporters()
    if (removed.length === 0 && flags['json'] !== true) print('Nothing is kept for removed exporters\n')
    for (const status of removed) print(flags['json'] === true ? JSON.stringify(status) + '\n' : lineOf(status))
    return
  }
  if (verb !== 'move' && verb !== 'drop') throw new UsageError(`"${verb}" must be one of ${verbs.join(', ')}`)
  if (exporter === undefined) throw new UsageError(`Name the exporter to ${verb}; see rontgen queue list`)
  if (verb === 'drop') return print(`${await opened.dropRemoved(exporter)} dropped\n`)
  if (flags['to'] === undefined) throw new UsageError('Name the exporter to move to with --to')
  print(`${await opened.moveRemoved(exporter, String(flags['to']))} moved to ${String(flags['to'])}\n`)
}

function lineOf({ name, documents, bytes, oldest, deadLetters }: RemovedExporterStatus): string {
  const age = documents === 0 ? '' : `, the oldest ${Math.round(oldest)} s old`
  return `${name}: ${documents} documents (${(bytes / 1e6).toFixed(1)} MB)${age}, ${deadLetters.count} dead letters\n`
}
