import { ExitCode } from '../errors/command-error.ts'
import type { RemovedExporterStatus } from '../telemetry/status.ts'
import type { Command, CommandContext } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'
import { type OpenQueue, openQueue } from './open-queue.ts'
import { UsageError } from './usage-error.ts'

const verbs = ['list', 'move', 'drop'] as const

/** Shows what is kept for exporters that the config no longer has, sends it elsewhere, or deletes it. */
export const queue: Command = {
  name: 'queue',
  summary: 'list, move or drop what is kept for exporters that the config no longer has',
  args: 'list|move|drop [EXPORTER]',
  details: '  list                        one line per removed exporter: documents, bytes, age, dead letters\n' +
    '  move EXPORTER --to EXPORTER send it to another exporter\n' +
    '  drop EXPORTER               delete it\n' +
    'What waits for an exporter stays when the exporter is removed from the config, and goes on when it comes back.\n' +
    'Asks the running agent; if none runs, works on the spool itself.',
  options: {
    ...configOptions,
    json: { type: 'boolean', summary: 'print JSON lines' },
    to: { type: 'string', value: 'EXPORTER', summary: 'with move: the exporter that gets it' },
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
    for (const one of removed) print(flags['json'] === true ? JSON.stringify(one) + '\n' : lineOf(one))
    return
  }
  if (verb !== 'move' && verb !== 'drop') throw new UsageError(`"${verb}" must be one of ${verbs.join(', ')}`)
  if (exporter === undefined) throw new UsageError(`Name the exporter to ${verb}; see rontgen queue list`)
  if (verb === 'drop') return print(`${await opened.dropRemoved(exporter)} dropped\n`)
  if (flags['to'] === undefined) throw new UsageError('Name the exporter that gets it by --to')
  print(`${await opened.moveRemoved(exporter, String(flags['to']))} moved to ${String(flags['to'])}\n`)
}

function lineOf({ name, documents, bytes, oldest, deadLetters }: RemovedExporterStatus): string {
  const age = documents === 0 ? '' : `, the oldest ${Math.round(oldest)} s old`
  return `${name}: ${documents} documents (${(bytes / 1e6).toFixed(1)} MB)${age}, ${deadLetters.count} dead letters\n`
}
