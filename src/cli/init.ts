import { existsSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import * as v from 'valibot'
import type { Exporter } from '../component/exporter.ts'
import { editorTypes } from '../config/editor-types.ts'
import { receiversOff } from '../config/receiver-instances.ts'
import { writeConfig } from '../config/write-config.ts'
import { ExitCode } from '../errors/command-error.ts'
import { errorMessage } from '../errors/error-message.ts'
import { exporterList } from '../export/exporter-list.ts'
import { receiverList } from '../receive/receiver-list.ts'
import { openService } from '../service/open-service.ts'
import type { Command, CommandContext } from './command.ts'
import { UsageError } from './usage-error.ts'

const EXAMPLE = `import { defineConfig } from 'rontgen'

// Every key is optional; docs/config.md lists them all. Without \`export.xray\` nothing leaves this machine.
export default defineConfig({
  // export: { xray: { region: 'us-west-2' } },
  // translate: { indexedAttributes: ['order.id'] },
})
`

/** What every receiver of a protocol has in common: the first part of its name. */
const protocols: readonly string[] = [...new Set(receiverList.map(({ name }) => protocolOf(name)))]
/** The exporters that are on if none is named. */
const usualExporters = exporterList.filter(({ isOnByDefault }) => isOnByDefault).map(({ name }) => name)
const ALL = 'all'

/** A question of the wizard; the flag of the same name answers it. */
interface Question {
  readonly name: string
  readonly text: string
  readonly usual: string
  readonly schema: v.GenericSchema<string, string>
  /** The exporter whose option it is: asked only if traces go there. */
  readonly exporter?: string
}

const questions: readonly Question[] = [
  {
    name: 'from',
    text: `Which protocols do applications send: ${
      listOf(protocols.map(labelOfProtocol))
    }? Names with commas, or ${ALL}`,
    usual: ALL,
    schema: namesFrom([...protocols, ALL]),
  },
  {
    name: 'to',
    text: `Where do traces go: ${
      listOf(exporterList.map(({ name, label }) => `${name} (${label})`))
    }? Names with commas`,
    usual: usualExporters.join(','),
    schema: namesFrom(exporterList.map(({ name }) => name)),
  },
  ...exporterList.flatMap(optionQuestions),
  {
    name: 'index',
    text: 'Which attributes must filters find? Names with commas',
    usual: '',
    schema: v.string(),
  },
  {
    name: 'service',
    text: 'Start it in the background now: yes or no?',
    usual: 'no',
    schema: v.picklist(['yes', 'no'], 'yes or no'),
  },
]

/** What was answered, by the question's name; a question that was not asked has no answer. */
type Answers = Readonly<Record<string, string>>

/** Writes a config to begin with. */
export const init: Command = {
  name: 'init',
  summary: 'ask a few questions and write config.ts, and rontgen.d.ts that lets an editor check it',
  args: '',
  details:
    'Asks on a terminal, or with --ask; each answer is also a flag, and --yes takes the usual ones for the others.\n' +
    'Nothing has to be installed for the editor. An existing config.ts stays; rontgen.d.ts is brought up to date.',
  options: {
    ...Object.fromEntries(questions.map(({ name, text, usual }) => [
      name,
      { type: 'string' as const, value: 'ANSWER', summary: `${text}${usual === '' ? '' : ` (${usual})`}` },
    ])),
    ask: { type: 'boolean', summary: 'ask even if this is not a terminal' },
    yes: { type: 'boolean', short: 'y', summary: 'ask nothing' },
  },
  async run(context) {
    const { print, flags } = context
    const exists = existsSync('config.ts')
    const isAnswered = questions.some(({ name }) => flags[name] !== undefined) || flags['yes'] === true
    const isAsked = flags['yes'] !== true && (flags['ask'] === true || process.stdin.isTTY === true)
    const answers = !exists && (isAnswered || isAsked) ? await collect(context, isAsked) : undefined
    try {
      if (!exists) writeFileSync('config.ts', answers === undefined ? EXAMPLE : configOf(answers))
      writeFileSync('rontgen.d.ts', editorTypes())
    } catch (cause) {
      throw new UsageError(`Cannot write here: ${errorMessage(cause)}`, { cause })
    }
    print(exists ? 'config.ts already exists and stays\n' : 'Wrote config.ts\n')
    print('Wrote rontgen.d.ts\n')
    if (answers?.['service'] === 'yes') {
      const service = openService(context.env)
      await service.start(`${process.cwd()}/config.ts`)
      print(`Started as ${service.name}\n`)
    } else if (answers !== undefined) {
      print('Next: rontgen run, or rontgen start for the background; rontgen doctor if traces do not arrive\n')
    }
    return ExitCode.ok
  },
}

async function collect({ flags, print }: CommandContext, isAsked: boolean): Promise<Answers> {
  const answers: Record<string, string> = {}
  const lines = isAsked ? createInterface({ input: process.stdin })[Symbol.asyncIterator]() : undefined
  for (const { name, text, usual, schema, exporter } of questions) {
    if (exporter !== undefined && !namesIn(answers['to'] ?? '').includes(exporter)) {
      if (flags[name] === undefined) continue
      throw new UsageError(`--${name} is for the exporter ${exporter}; send there by --to ${exporter}`)
    }
    const given = flags[name]
    if (given !== undefined || lines === undefined) {
      const parsed = v.safeParse(schema, given ?? usual)
      if (!parsed.success) throw new UsageError(`--${name} must be ${parsed.issues[0].message}`)
      answers[name] = parsed.output
      continue
    }
    while (true) {
      print(`${text}${usual === '' ? '' : ` [${usual}]`} `)
      const { value, done } = await lines.next()
      if (done === true) throw new UsageError('The input ended before the last question; --yes asks nothing')
      const parsed = v.safeParse(schema, String(value).trim() || usual)
      if (parsed.success) {
        answers[name] = parsed.output
        break
      }
      print(`It must be ${parsed.issues[0].message}\n`)
    }
  }
  await lines?.return?.()
  return answers
}

function configOf(answers: Answers): string {
  const { from = ALL, to = '', index = '' } = answers
  const config = {
    ...receiveConfig(namesIn(from)),
    ...(index === '' ? {} : { translate: { indexedAttributes: namesIn(index) } }),
    ...exportConfig(namesIn(to), answers),
  }
  return writeConfig(config, ['Every key is optional; docs/config.md lists them all.'], [])
}

/** What turns off the receivers of every other protocol. */
function receiveConfig(chosen: readonly string[]): object {
  const off = Object.entries(receiversOff()).filter(([protocol]) => !chosen.includes(protocol))
  return chosen.includes(ALL) || off.length === 0 ? {} : { receive: Object.fromEntries(off) }
}

/** What turns on the chosen exporters, as far as the defaults do not. */
function exportConfig(chosen: readonly string[], answers: Answers): object {
  const leaves = exporterList.some(({ name, leavesMachine }) => leavesMachine && chosen.includes(name))
  const entries = exporterList.flatMap((exporter): [string, unknown][] => {
    const isOn = exporter.isOnByDefault === true && !leaves
    const isChosen = chosen.includes(exporter.name)
    const settings = isChosen ? answeredOptions(exporter, answers) : {}
    if (Object.keys(settings).length > 0) return [[exporter.name, settings]]
    return isChosen === isOn ? [] : [[exporter.name, isChosen]]
  })
  return entries.length === 0 ? {} : { export: Object.fromEntries(entries) }
}

/** The exporter's settings that were answered. */
function answeredOptions({ options = [] }: Exporter, answers: Answers): object {
  return Object.fromEntries(
    options.flatMap(({ flag, key }) => answers[flag] ? [[key, answers[flag]]] : []),
  )
}

/** A question for each option of an exporter that has one; an empty answer leaves the key out. */
function optionQuestions({ name, schema, options = [] }: Exporter): Question[] {
  return options.flatMap(({ flag, key, question }) =>
    question === undefined ? [] : [{
      name: flag,
      text: question,
      usual: '',
      schema: v.pipe(
        v.string(),
        v.rawCheck(({ dataset, addIssue }) => {
          if (!dataset.typed || dataset.value === '') return
          const checked = v.safeParse(schema, { [key]: dataset.value })
          const issue = checked.issues?.find((found) => found.path?.[0]?.key === key)
          if (issue !== undefined) addIssue({ message: issue.message })
        }),
      ),
      exporter: name,
    }]
  )
}

function protocolOf(name: string): string {
  return name.split('.')[0] ?? name
}

function labelOfProtocol(protocol: string): string {
  const labels = receiverList.filter(({ name }) => protocolOf(name) === protocol).map(({ label }) => label)
  return `${protocol} (${labels.join(', ')})`
}

/** Names with commas between them, each of which must be known. */
function namesFrom(known: readonly string[]) {
  const isKnown = (text: string): boolean => text !== '' && namesIn(text).every((name) => known.includes(name))
  return v.pipe(v.string(), v.check(isKnown, `one or more of ${known.join(', ')}`))
}

function namesIn(text: string): string[] {
  return text.split(',').map((name) => name.trim()).filter(Boolean)
}

function listOf(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} or ${items.at(-1)}`
}
