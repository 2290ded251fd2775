import { ExitCode } from '../errors/command-error.ts'
import type { DeadLetterInfo } from '../telemetry/dead-letter-info.ts'
import type { Command, CommandContext } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'
import { type OpenQueue, openQueue } from './open-queue.ts'
import { UsageError } from './usage-error.ts'

const verbs = ['list', 'show', 'retry', 'drop'] as const

/** Shows dead letters, sends them again, or deletes them. */
export const deadLetters: Command = {
  name: 'dead-letters',
  summary: 'list, show, retry or drop documents that could not be delivered',
  args: 'list|show|retry|drop [ID…]',
  details: '  list            one line each: id, time, exporter, reason, trace, segment, what the backend answered\n' +
    '  show ID…        everything, with the document\n' +
    '  retry ID…|--all send them again, to their exporter or the one of --to\n' +
    '  drop ID…|--all  delete them\n' +
    'Asks the running agent; if none runs, works on the spool itself. --json prints JSON lines.',
  options: {
    ...configOptions,
    json: { type: 'boolean', summary: 'print JSON lines' },
    all: { type: 'boolean', summary: 'every dead letter' },
    to: { type: 'string', value: 'EXPORTER', summary: 'with retry: send them to this exporter instead' },
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
      const letter = await queue.deadLetter(id)
      print(isJson ? JSON.stringify(letter) + '\n' : pageOf(letter))
    }
    return
  }
  if (ids.length === 0 && !isAll) throw new UsageError(`Name the ids to ${verb}, or --all`)
  if (ids.length > 0 && isAll) throw new UsageError('Give ids or --all, not both')
  const to = flags['to'] === undefined ? undefined : String(flags['to'])
  const choice = isAll ? 'all' : ids
  const count = await (verb === 'retry' ? queue.redrive(choice, to) : queue.dropDeadLetters(choice))
  print(`${count} ${verb === 'retry' ? 'put back into the queue' : 'dropped'}\n`)
  if (count < ids.length) throw new Error(`${ids.length - count} of the ids are not dead letters`)
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
    for (const letter of page) print(isJson ? JSON.stringify(letter) + '\n' : lineOf(letter))
    after = page[page.length - 1]?.id ?? after
  }
}

function idOf(text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`"${text}" is not an id of a dead letter`)
  return Number(text)
}

function lineOf(letter: DeadLetterInfo): string {
  const { id, time, exporter, reason, traceId, segmentId, name, message } = letter
  return [id, time, exporter, reason, traceId || '-', segmentId || '-', name || '-', message].join('  ') + '\n'
}

function pageOf(letter: DeadLetterInfo): string {
  const { document, ...rest } = letter
  const head = Object.entries(rest).map(([name, value]) => `${name.padEnd(9)}  ${value}\n`).join('')
  return `${head}\n${indentJson(document)}\n\n`
}

function indentJson(document: string): string {
  try {
    return JSON.stringify(JSON.parse(document), undefined, 2)
  } catch {
    return document
  }
}
