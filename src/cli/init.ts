import { existsSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import * as v from 'valibot'
import type { Exporter } from '../component/exporter.ts'
import { editorTypes } from '../config/editor-types.ts'
import { listOf } from '../config/list-of.ts'
import { receiversOff } from '../config/receiver-instances.ts'
import { writeConfig } from '../config/write-config.ts'
import { ExitCode } from '../errors/command-error.ts'
import { errorMessage } from '../errors/error-message.ts'
import { exporterList } from '../export/exporter-list.ts'
import { receiverList } from '../receive/receiver-list.ts'
import { openService } from '../service/open-service.ts'
import type { Command, CommandContext } from './command.ts'
import { UsageError } from './usage-error.ts'

/** The config that is written without answers. */
const EXAMPLE = `import { defineConfig } from 'rontgen'

// Every key is optional; docs/config.md lists them all. Without \`export.xray\` nothing leaves this machine.
export default defineConfig({
  // export: { xray: { region: 'us-west-2' } },
  // translate: { indexedAttributes: ['order.id'] },
})
`

/** The protocols of the receivers, such as `otlp`: the first parts of their names. */
const protocols: readonly string[] = [...new Set(receiverList.map(({ name }) => protocolOf(name)))]
/** The exporters that are on by default. */
const defaultExporters = exporterList.filter(({ isOnByDefault }) => isOnByDefault).map(({ name }) => name)
const ALL = 'all'

/** A question, which a flag of the same name answers too. */
interface Question {
  readonly name: string
  readonly text: string
  /** What `--help` says of the flag. */
  readonly summary: string
  /** What the value of the flag is called in `--help`. */
  readonly value: string
  readonly defaultAnswer: string
  readonly schema: v.GenericSchema<string, string>
  /** The exporter that the question is about: asked only if traces go there. */
  readonly exporter?: string
}

const questions: readonly Question[] = [
  {
    name: 'from',
    text: `Which protocols do applications send: ${
      listOf(protocols.map(labelOfProtocol))
    }? Names with commas, or ${ALL}`,
    summary: `protocols to receive: ${listOf([...protocols, ALL])}`,
    value: 'NAMES',
    defaultAnswer: ALL,
    schema: namesFrom([...protocols, ALL]),
  },
  {
    name: 'to',
    text: `Where do traces go: ${
      listOf(exporterList.map(({ name, label }) => `${name} (${label})`))
    }? Names with commas`,
    summary: `exporters to send to: ${listOf(exporterList.map(({ name }) => name))}`,
    value: 'NAMES',
    defaultAnswer: defaultExporters.join(','),
    schema: namesFrom(exporterList.map(({ name }) => name)),
  },
  ...exporterList.flatMap(optionQuestions),
  {
    name: 'index',
    text: 'Which attributes should filters find? Names with commas',
    summary: 'attributes to index, so that filters find them',
    value: 'NAMES',
    defaultAnswer: '',
    schema: v.string(),
  },
  {
    name: 'service',
    text: 'Start the agent in the background now: yes or no?',
    summary: 'start the agent in the background: yes or no',
    value: 'ANSWER',
    defaultAnswer: 'no',
    schema: v.picklist(['yes', 'no'], 'yes or no'),
  },
]

/** The answers by the names of questions; questions that were not asked have none. */
type Answers = Readonly<Record<string, string>>

/** Writes a first config. */
export const init: Command = {
  name: 'init',
  summary: 'write config.ts, and rontgen.d.ts with which editors check it',
  args: '',
  details:
    'Asks a few questions on a terminal, or with --ask. Flags answer questions too; --yes accepts the default answers to\n' +
    'the others. Keeps an existing config.ts, and updates rontgen.d.ts. Editors need nothing installed.',
  options: {
    ...Object.fromEntries(questions.map(({ name, summary, value, defaultAnswer }) => [
      name,
      {
        type: 'string' as const,
        value,
        summary: `${summary}${defaultAnswer === '' ? '' : `; default: ${defaultAnswer}`}`,
      },
    ])),
    ask: { type: 'boolean', summary: 'ask even if stdin is not a terminal' },
    yes: { type: 'boolean', short: 'y', summary: 'ask nothing' },
  },
  async run(context) {
    const { print, flags } = context
    const exists = existsSync('config.ts')
    const isAnswered = questions.some(({ name }) => flags[name] !== undefined) || flags['yes'] === true
    const isInteractive = flags['yes'] !== true && (flags['ask'] === true || process.stdin.isTTY === true)
    const answers = !exists && (isAnswered || isInteractive) ? await collectAnswers(context, isInteractive) : undefined
    try {
      if (!exists) writeFileSync('config.ts', answers === undefined ? EXAMPLE : configOf(answers))
      writeFileSync('rontgen.d.ts', editorTypes())
    } catch (cause) {
      throw new UsageError(`Cannot write to this folder: ${errorMessage(cause)}`, { cause })
    }
    print(exists ? 'config.ts already exists and was kept\n' : 'Wrote config.ts\n')
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

/** Takes answers from flags, then from stdin or the defaults. @param isInteractive whether to ask on stdin */
async function collectAnswers({ flags, print }: CommandContext, isInteractive: boolean): Promise<Answers> {
  const answers: Record<string, string> = {}
  const lines = isInteractive ? createInterface({ input: process.stdin })[Symbol.asyncIterator]() : undefined
  for (const { name, text, defaultAnswer, schema, exporter } of questions) {
    if (exporter !== undefined && !namesIn(answers['to'] ?? '').includes(exporter)) {
      if (flags[name] === undefined) continue
      throw new UsageError(`--${name} is an option of the exporter ${exporter}; add --to ${exporter}`)
    }
    const flag = flags[name]
    if (flag !== undefined || lines === undefined) {
      const parsed = v.safeParse(schema, flag ?? defaultAnswer)
      if (!parsed.success) throw new UsageError(`--${name} must be ${parsed.issues[0].message}`)
      answers[name] = parsed.output
      continue
    }
    while (true) {
      print(`${text}${defaultAnswer === '' ? '' : ` [${defaultAnswer}]`} `)
      const { value, done } = await lines.next()
      if (done === true) throw new UsageError('The input ended before the last question; use --yes to ask nothing')
      const parsed = v.safeParse(schema, String(value).trim() || defaultAnswer)
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

/** The `receive` section that turns off the receivers of other protocols. */
function receiveConfig(chosen: readonly string[]): object {
  const off = Object.entries(receiversOff()).filter(([protocol]) => !chosen.includes(protocol))
  return chosen.includes(ALL) || off.length === 0 ? {} : { receive: Object.fromEntries(off) }
}

/** The `export` section that turns on the chosen exporters, as far as the defaults do not. */
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

/** The settings of an exporter that were answered. */
function answeredOptions({ options = [] }: Exporter, answers: Answers): object {
  return Object.fromEntries(
    options.flatMap(({ flag, key }) => answers[flag] ? [[key, answers[flag]]] : []),
  )
}

/** The questions of an exporter's options; an empty answer leaves the key out. */
function optionQuestions({ name, schema, options = [] }: Exporter): Question[] {
  return options.flatMap(({ flag, key, question, summary, value }) =>
    question === undefined ? [] : [{
      name: flag,
      text: question,
      summary,
      value,
      defaultAnswer: '',
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

/** A schema for known names, separated by commas. */
function namesFrom(known: readonly string[]) {
  const isKnown = (text: string): boolean => text !== '' && namesIn(text).every((name) => known.includes(name))
  return v.pipe(v.string(), v.check(isKnown, `one or more of ${known.join(', ')}`))
}

function namesIn(text: string): string[] {
  return text.split(',').map((name) => name.trim()).filter(Boolean)
}
