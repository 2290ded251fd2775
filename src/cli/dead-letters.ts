import { ExitCode } from '../errors/command-error.ts'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import type { LetterBox, LetterChoice } from '../admin/agent-view.ts'
import type { DeadLetterInfo } from '../telemetry/dead-letter-info.ts'
import { deadLetterView } from '../admin/dead-letter-view.ts'
import { queueSettings } from '../agent/agent.ts'
import type { Settings } from '../config/schema.ts'
import { documentBlock } from '../queue/document-block.ts'
import { Spool } from '../queue/spool.ts'
import { AdminClient, NoAgentError } from './admin-client.ts'
import { type Command, type CommandContext } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'
import { UsageError } from './usage-error.ts'

/** Letters that are asked for at once. */
const PAGE = 200
const letterSchema = v.object({
  id: v.number(),
  time: v.string(),
  reason: v.string(),
  message: v.string(),
  traceId: v.string(),
  segmentId: v.string(),
  name: v.string(),
  bytes: v.number(),
  document: v.string(),
})
const listSchema = v.object({ letters: v.array(letterSchema) })
const countSchema = v.object({ count: v.number() })

/** A letter box here or at an agent. */
interface Letters {
  list(after: number): Promise<DeadLetterInfo[]>
  get(id: number): Promise<DeadLetterInfo>
  change(verb: 'retry' | 'drop', choice: LetterChoice): Promise<number>
  close(): void
}

/** Shows dead letters, sends them again, or forgets them. */
export const deadLetters: Command = {
  name: 'dead-letters',
  summary: 'list, show, retry or drop documents that AWS refused for good',
  args: 'list|show|retry|drop [ID…]',
  details: '  list            one line each: id, time, reason, trace, segment, what AWS said\n' +
    '  show ID…        everything, with the document\n' +
    '  retry ID…|--all send them again\n' +
    '  drop ID…|--all  forget them\n' +
    'Asks the running agent; if none runs, works on the spool itself. --json prints JSON lines.',
  options: {
    ...configOptions,
    json: { type: 'boolean', summary: 'print JSON, a line each' },
    all: { type: 'boolean', summary: 'every dead letter' },
  },
  async run(context) {
    const [verb = 'list', ...names] = context.args
    const ids = names.map(idOf)
    const { settings } = await loadFrom({ ...context, args: [] })
    const letters = await openLetters(settings, context.env)
    try {
      await act(verb, ids, letters, context)
      return ExitCode.ok
    } finally {
      letters.close()
    }
  },
}

async function act(verb: string, ids: readonly number[], letters: Letters, context: CommandContext): Promise<void> {
  const { print, flags } = context
  const isJson = flags['json'] === true
  if (verb === 'list') {
    for (let after = 0;;) {
      const page = await letters.list(after)
      if (page.length === 0) {
        if (after === 0 && !isJson) print('There are no dead letters\n')
        return
      }
      for (const letter of page) print(isJson ? JSON.stringify(letter) + '\n' : lineOf(letter))
      after = page[page.length - 1]?.id ?? after
    }
  }
  if (verb === 'show') {
    if (ids.length === 0) throw new UsageError('Name an id to show; see rontgen dead-letters list')
    for (const id of ids) {
      const letter = await letters.get(id)
      print(isJson ? JSON.stringify(letter) + '\n' : pageOf(letter))
    }
    return
  }
  if (verb !== 'retry' && verb !== 'drop') {
    throw new UsageError(`"${verb}" is none of list, show, retry and drop`)
  }
  if (ids.length === 0 && flags['all'] !== true) throw new UsageError(`Name the ids to ${verb}, or --all`)
  if (ids.length > 0 && flags['all'] === true) throw new UsageError('Give ids or --all, not both')
  const count = await letters.change(verb, ids.length > 0 ? ids : 'all')
  print(`${count} ${verb === 'retry' ? 'put back into the queue' : 'dropped'}\n`)
  if (count < ids.length) throw new Error(`${ids.length - count} of the ids are no dead letters`)
}

async function openLetters(settings: Settings, env: CommandContext['env']): Promise<Letters> {
  if (settings.admin !== false) {
    const client = new AdminClient(settings)
    try {
      await client.call('/status', v.object({ pid: v.number() }))
      return {
        list: async (after) => (await client.call(`/dead-letters?after=${after}&limit=${PAGE}`, listSchema)).letters,
        get: (id) => client.call(`/dead-letters/${id}`, letterSchema),
        change: async (verb, ids) => (await client.call(`/dead-letters/${verb}`, countSchema, { ids })).count,
        close() {},
      }
    } catch (error) {
      if (!(error instanceof NoAgentError)) throw error
    }
  }
  return openOwn(settings, env)
}

/** No agent runs, so the spool is free. */
function openOwn(settings: Settings, env: CommandContext['env']): Letters {
  const own = queueSettings(settings, env)
  if (!existsSync(join(own.dir, 'spool.sqlite'))) {
    throw new Error(`No agent answers, and there is no spool in "${own.dir}"; name its config by --config`)
  }
  const spool = new Spool(own)
  const box: LetterBox = deadLetterView({
    deadLetters: (after, limit) => spool.deadLetters.list(after, limit),
    deadLetter: (id) => spool.deadLetters.get(id),
    retryDeadLetters: (ids) => spool.revive(ids, documentBlock)?.ends.length ?? 0,
    dropDeadLetters: (ids) => spool.dropDeadLetters(ids),
  })
  return {
    list: (after) => Promise.resolve(box.list(after, PAGE)),
    get(id) {
      const letter = box.get(id)
      return letter === undefined ? Promise.reject(new Error(`There is no dead letter ${id}`)) : Promise.resolve(letter)
    },
    change: (verb, choice) => Promise.resolve(box[verb](choice)),
    close: () => spool.close(),
  }
}

function idOf(text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`"${text}" is no id of a dead letter`)
  return Number(text)
}

function lineOf({ id, time, reason, traceId, segmentId, name, message }: DeadLetterInfo): string {
  return `${id}  ${time}  ${reason}  ${traceId || '-'}  ${segmentId || '-'}  ${name || '-'}  ${message}\n`
}

function pageOf(letter: DeadLetterInfo): string {
  const { document, ...rest } = letter
  const head = Object.entries(rest).map(([name, value]) => `${name.padEnd(9)}  ${value}\n`).join('')
  return `${head}\n${pretty(document)}\n\n`
}

function pretty(document: string): string {
  try {
    return JSON.stringify(JSON.parse(document), undefined, 2)
  } catch {
    return document
  }
}
