import { printable, printableJson } from '../bytes/printable.ts'
import { ExitCode } from '../errors/command-error.ts'
import type { DeadLetterInfo } from '../telemetry/dead-letter-info.ts'
import { NotFoundError } from './admin-client.ts'
import type { Command, CommandContext } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'
import { type OpenQueue, openQueue } from './open-queue.ts'
import { UsageError } from './usage-error.ts'

const verbs = ['list', 'show', 'retry', 'drop'] as const

/** Lists, shows, redrives or deletes dead letters. */
export const deadLetters: Command = {
  name: 'dead-letters',
  summary: 'list, show, retry or drop documents that could not be delivered',
  args: 'list|show|retry|drop [ID…]',
  details:
    '  list             print one line per dead letter: id, time, exporter, reason, trace, segment, name, message\n' +
    '  show ID…         print every field, and the document\n' +
    '  retry ID…|--all  put them back into the queue of their exporter, or of --to\n' +
    '  drop ID…|--all   delete them\n' +
    'Calls the running agent; if none runs, opens the spool itself.',
  options: {
    ...configOptions,
    json: { type: 'boolean', summary: 'print JSON lines' },
    all: { type: 'boolean', summary: 'retry or drop every dead letter' },
    to: { type: 'string', value: 'EXPORTER', summary: 'retry with this exporter instead' },
  },
  async run(context) {
    const [verb = 'list', ...names] = context.args
    const ids = names.map(idOf)
    const { settings } = await loadFrom({ ...context, args: [] })
    const queue = await openQueue(settings, context.env)
    try {
      await apply(verb, ids, queue, context)
      return ExitCode.ok
    } finally {
      queue.close()
    }
  },
}

async function apply(verb: string, ids: readonly number[], queue: OpenQueue, context: CommandContext): Promise<void> {
  const { print, flags } = context
  const isAll = flags['all'] === true
  const isJson = flags['json'] === true
  if (!isVerb(verb)) throw new UsageError(`"${verb}" must be one of ${verbs.join(', ')}`)
  if (flags['to'] !== undefined && verb !== 'retry') throw new UsageError('--to goes with retry only')
  if (verb === 'list') {
    if (ids.length > 0) throw new UsageError('The list takes no ids; see rontgen dead-letters show')
    return await list(queue, context)
  }
  if (verb === 'show') {
    if (ids.length === 0) throw new UsageError('Name an id to show; see rontgen dead-letters list')
    for (const id of ids) {
      const deadLetter = await queue.deadLetter(id)
      print(isJson ? lineOfJson(deadLetter) : pageOf(deadLetter))
    }
    return
  }
  if (ids.length === 0 && !isAll) throw new UsageError(`Name the ids to ${verb}, or use --all`)
  if (ids.length > 0 && isAll) throw new UsageError('Name ids or use --all, not both')
  const to = flags['to'] === undefined ? undefined : String(flags['to'])
  const choice = isAll ? 'all' : ids
  const unknown = await unknownIds(ids, queue)
  const count = await (verb === 'retry' ? queue.redrive(choice, to) : queue.dropDeadLetters(choice))
  if (count > 0 || isAll) print(`${count} ${verb === 'retry' ? 'put back into the queue' : 'dropped'}\n`)
  if (unknown.length === 1) throw new Error(`${unknown[0]} is not the id of a dead letter`)
  if (unknown.length > 1) throw new Error(`${unknown.join(', ')} are not ids of dead letters`)
}

/** The ids that no dead letter has. */
async function unknownIds(ids: readonly number[], queue: OpenQueue): Promise<number[]> {
  const unknown: number[] = []
  for (const id of new Set(ids)) {
    await queue.deadLetter(id).catch((error: unknown) => {
      if (!(error instanceof NotFoundError)) throw error
      unknown.push(id)
    })
  }
  return unknown
}

function isVerb(text: string): text is (typeof verbs)[number] {
  return verbs.some((verb) => verb === text)
}

async function list(queue: OpenQueue, { print, flags }: CommandContext): Promise<void> {
  const isJson = flags['json'] === true
  for (let after = 0;;) {
    const page = await queue.deadLetters(after)
    if (page.length === 0) {
      if (after === 0 && !isJson) print('There are no dead letters\n')
      return
    }
    for (const deadLetter of page) print(isJson ? lineOfJson(deadLetter) : lineOf(deadLetter))
    after = page[page.length - 1]?.id ?? after
  }
}

function idOf(text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`"${text}" is not an id of a dead letter`)
  return Number(text)
}

function lineOf(deadLetter: DeadLetterInfo): string {
  const { id, time, exporter, reason, traceId, segmentId, name, message } = deadLetter
  const fields = [id, time, exporter, reason, traceId || '-', segmentId || '-', name || '-', message]
  return fields.map((field) => printable(String(field))).join('  ') + '\n'
}

function lineOfJson(deadLetter: DeadLetterInfo): string {
  return printableJson(JSON.stringify(deadLetter)) + '\n'
}

function pageOf({ document, ...rest }: DeadLetterInfo): string {
  const head = Object.entries(rest).map(([name, value]) => `${name.padEnd(9)}  ${printable(String(value))}\n`).join('')
  return `${head}\n${indentJson(document)}\n\n`
}

function indentJson(document: string): string {
  try {
    return printableJson(JSON.stringify(JSON.parse(document), undefined, 2))
  } catch {
    return printable(document)
  }
}
