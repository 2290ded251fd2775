import { ExitCode } from '../errors/command-error.ts'
import { errorMessage } from '../errors/error-message.ts'
import { existsSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import * as v from 'valibot'
import { region } from '../component/values.ts'
import { editorTypes } from '../config/editor-types.ts'
import { writeConfig } from '../config/write-config.ts'
import { openService } from '../service/open-service.ts'
import { type Command, type CommandContext } from './command.ts'
import { UsageError } from './usage-error.ts'

const EXAMPLE = `import { defineConfig } from 'rontgen'

// Every key is optional; docs/config.md lists them all. Without \`export.xray\` nothing leaves this machine.
export default defineConfig({
  // export: { xray: { region: 'us-west-2' } },
  // translate: { indexedAttributes: ['order.id'] },
})
`

/** A question of the wizard; the flag of the same name answers it. */
interface Question {
  readonly name: 'from' | 'to' | 'region' | 'index' | 'service'
  readonly asks: string
  readonly usual: string
  readonly schema: v.GenericSchema<string, string>
}

const questions: readonly Question[] = [
  {
    name: 'from',
    asks: 'Where do traces come from: otlp (OpenTelemetry), xray (X-Ray SDKs), or both?',
    usual: 'both',
    schema: v.picklist(['otlp', 'xray', 'both'], 'otlp, xray or both'),
  },
  {
    name: 'to',
    asks: 'Where do they go: aws (AWS X-Ray), local (a page on this machine), or both?',
    usual: 'local',
    schema: v.picklist(['aws', 'local', 'both'], 'aws, local or both'),
  },
  {
    name: 'region',
    asks: 'Which AWS region? Empty: as AWS_REGION, the shared config or the instance says',
    usual: '',
    schema: v.union([v.literal(''), region], "a region such as 'us-west-2'"),
  },
  {
    name: 'index',
    asks: 'Which attributes are to be found by filters? Names with commas between them',
    usual: '',
    schema: v.string(),
  },
  {
    name: 'service',
    asks: 'Start it in the background now: yes or no?',
    usual: 'no',
    schema: v.picklist(['yes', 'no'], 'yes or no'),
  },
]

type Answers = Record<Question['name'], string>

/** Writes a config to begin with. */
export const init: Command = {
  name: 'init',
  summary: 'ask a few questions and write config.ts, and rontgen.d.ts that lets an editor check it',
  args: '',
  details:
    'Asks on a terminal, or with --ask; each answer is also a flag, and --yes takes what is usual for the others.\n' +
    'Nothing has to be installed for the editor. A config.ts that is there stays; rontgen.d.ts is brought up to date.',
  options: {
    ...Object.fromEntries(questions.map(({ name, asks, usual }) => [
      name,
      { type: 'string' as const, value: 'ANSWER', summary: `${asks}${usual === '' ? '' : ` (${usual})`}` },
    ])),
    ask: { type: 'boolean', summary: 'ask even if this is no terminal' },
    yes: { type: 'boolean', short: 'y', summary: 'ask nothing' },
  },
  async run(context) {
    const { print, flags } = context
    const isThere = existsSync('config.ts')
    const isAnswered = questions.some(({ name }) => flags[name] !== undefined) || flags['yes'] === true
    const isAsked = flags['yes'] !== true && (flags['ask'] === true || process.stdin.isTTY === true)
    const answers = !isThere && (isAnswered || isAsked) ? await collect(context, isAsked) : undefined
    try {
      if (!isThere) writeFileSync('config.ts', answers === undefined ? EXAMPLE : configOf(answers))
      writeFileSync('rontgen.d.ts', editorTypes())
    } catch (cause) {
      throw new UsageError(`Cannot write here: ${errorMessage(cause)}`, { cause })
    }
    print(isThere ? 'config.ts is there already and stays\n' : 'Wrote config.ts\n')
    print('Wrote rontgen.d.ts\n')
    if (answers?.service === 'yes') {
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
  const answers: Answers = { from: '', to: '', region: '', index: '', service: '' }
  const lines = isAsked ? createInterface({ input: process.stdin })[Symbol.asyncIterator]() : undefined
  for (const { name, asks, usual, schema } of questions) {
    if (name === 'region' && answers.to === 'local' && flags['region'] === undefined) continue
    const given = flags[name]
    if (given !== undefined || lines === undefined) {
      const parsed = v.safeParse(schema, given ?? usual)
      if (!parsed.success) throw new UsageError(`--${name} is to be ${parsed.issues[0].message}`)
      answers[name] = parsed.output
      continue
    }
    while (true) {
      print(`${asks}${usual === '' ? '' : ` [${usual}]`} `)
      const { value, done } = await lines.next()
      if (done === true) throw new UsageError('The input ended before the last question; --yes asks nothing')
      const parsed = v.safeParse(schema, String(value).trim() || usual)
      if (parsed.success) {
        answers[name] = parsed.output
        break
      }
      print(`That is to be ${parsed.issues[0].message}\n`)
    }
  }
  await lines?.return?.()
  return answers
}

function configOf({ from, to, region, index }: Answers): string {
  const attributes = index.split(',').map((name) => name.trim()).filter(Boolean)
  const config = {
    ...(from === 'both' ? {} : {
      receive: from === 'otlp' ? { xray: { udp: false, proxy: false } } : { otlp: { grpc: false, http: false } },
    }),
    ...(attributes.length === 0 ? {} : { translate: { indexedAttributes: attributes } }),
    ...(to === 'local' ? {} : {
      export: { xray: region === '' ? {} : { region }, ...(to === 'both' ? { local: true } : {}) },
    }),
  }
  return writeConfig(config, ['Every key is optional; docs/config.md lists them all.'], [])
}
