import { ExitCode } from '../errors/command-error.ts'
import { errorMessage } from '../errors/error-message.ts'
import * as v from 'valibot'
import { queueSettings } from '../pipeline/queue-settings.ts'
import { ConfigError } from '../config/config-error.ts'
import { exporterInstances } from '../config/exporter-instances.ts'
import type { Loaded } from '../config/load-config.ts'
import { checkMachine } from '../doctor/check-machine.ts'
import type { Finding } from '../component/finding.ts'
import type { Outcome } from '../trace/outcome.ts'
import { AdminClient, NoAgentError } from './admin-client.ts'
import { type Command, type CommandContext } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'
import { describeKept } from './describe-kept.ts'
import { palette } from './palette.ts'

const deadLetters = v.object({ count: v.number(), bytes: v.number() })
const statusSchema = v.object({
  pid: v.number(),
  exporters: v.array(
    v.object({ name: v.string(), state: v.string(), lastFailure: v.nullable(v.object({ message: v.string() })) }),
  ),
  removedExporters: v.array(
    v.object({ name: v.string(), documents: v.number(), bytes: v.number(), oldest: v.number(), deadLetters }),
  ),
  deadLetters,
})

/** Finds out why traces do not arrive. */
export const doctor: Command = {
  name: 'doctor',
  summary: 'find out why traces do not arrive, and say what to do',
  args: '[FILE]',
  details:
    'Looks at the config, the agent, its ports, the spool, and if traces go to AWS at the region, the way there, the\n' +
    'clock, the credentials, who they are, and whether they may send. Sends nothing that X-Ray keeps. What is wrong\n' +
    'comes first. Exits 69 if anything is.',
  options: { ...configOptions, json: { type: 'boolean', summary: 'print it as JSON' } },
  async run(context) {
    const findings = await examine(context)
    const order = ['fail', 'warn', 'ok', 'skip']
    // Of several the first is the cause: they are looked at in the order in which they depend on each other.
    const sorted = findings.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
    const width = Math.max(...sorted.map(({ name }) => name.length)) + 2
    context.print(
      context.flags['json'] === true
        ? JSON.stringify(sorted, undefined, 2) + '\n'
        : sorted.map((finding) => lineOf(finding, width, context.env)).join(''),
    )
    return findings.some(({ state }) => state === 'fail') ? ExitCode.unavailable : ExitCode.ok
  },
}

async function examine(context: CommandContext): Promise<Finding[]> {
  let loaded: Loaded
  try {
    loaded = await loadFrom(context)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return [{ name: 'config', state: 'fail', message: error.message, advice: 'see docs/config.md' }]
  }
  const { settings, file, notes } = loaded
  const agent = await askAgent(loaded)
  const findings: Finding[] = [
    {
      name: 'config',
      state: 'ok',
      message: `${file ?? 'the defaults'}${notes.length === 0 ? '' : `; ${notes.join('; ')}`}`,
    },
    ...agent,
    ...await checkMachine(settings, queueSettings(settings, context.env).dir, agent[0]?.state !== 'skip'),
  ]
  const instances = exporterInstances(settings)
  if (!instances.some(({ exporter }) => exporter.leavesMachine)) {
    const message = 'nothing leaves this machine: no exporter that sends is set'
    findings.push({ name: 'export', state: 'skip', message })
  }
  for (const { name, exporter, settings: exporterSettings } of instances) {
    const found = await exporter.check?.(exporterSettings, context.env) ?? []
    const isOnly = name === exporter.name
    findings.push(...isOnly ? found : found.map((finding) => ({ ...finding, name: `${name} ${finding.name}` })))
  }
  return findings
}

async function askAgent({ settings }: Loaded): Promise<Finding[]> {
  if (settings.admin === false) return [{ name: 'agent', state: 'skip', message: 'cannot be asked: admin is false' }]
  try {
    const status = await new AdminClient(settings).call('/status', statusSchema)
    return [{ name: 'agent', state: 'ok', message: `runs, as process ${status.pid}` }, ...findingsOf(status)]
  } catch (error) {
    if (error instanceof NoAgentError) return [{ name: 'agent', state: 'skip', message: 'does not run' }]
    return [{ name: 'agent', state: 'warn', message: errorMessage(error) }]
  }
}

function findingsOf({ exporters, removedExporters, deadLetters }: v.InferOutput<typeof statusSchema>): Finding[] {
  const failing = exporters.filter(({ state }) => state !== 'ok')
  return [
    ...(failing.length === 0 ? [{ name: 'delivery', state: 'ok' as const, message: 'works' }] : []),
    ...failing.map(({ name, lastFailure }) => ({
      name: 'delivery',
      state: 'warn' as const,
      message: `to ${name} fails: ${lastFailure?.message ?? ''}`,
      advice: 'the cause is above',
    })),
    ...removedExporters.map((removed) => ({
      name: 'removed exporter',
      state: 'warn' as const,
      message: `${removed.name} is no longer in the config, and ${describeKept(removed)} are kept for it`,
      advice: `bring it back, or send or drop what is kept by rontgen queue`,
    })),
    ...(deadLetters.count === 0 ? [] : [{
      name: 'dead letters',
      state: 'warn' as const,
      message: `${deadLetters.count} documents could not be delivered`,
      advice: 'see rontgen dead-letters list',
    }]),
  ]
}

/** @param width of the column of names */
function lineOf({ name, state, message, advice }: Finding, width: number, env: CommandContext['env']): string {
  const outcome = { fail: 'fault', warn: 'error', ok: 'ok', skip: undefined }[state] as Outcome | undefined // by its form
  const word = state.padEnd(6)
  const todo = advice === undefined ? '' : `${' '.repeat(word.length + width)}→ ${advice}\n`
  return `${outcome === undefined ? word : palette(env)(outcome, word)}${name.padEnd(width)}${message}\n${todo}`
}
