import * as v from 'valibot'
import type { Finding } from '../component/finding.ts'
import { ConfigError } from '../config/config-error.ts'
import { exporterInstances } from '../config/exporter-instances.ts'
import type { Loaded } from '../config/load-config.ts'
import { checkMachine } from '../doctor/check-machine.ts'
import { ExitCode } from '../errors/command-error.ts'
import { errorMessage } from '../errors/error-message.ts'
import { queueSettings } from '../pipeline/queue-settings.ts'
import type { Outcome } from '../trace/outcome.ts'
import { AdminClient, NoAgentError } from './admin-client.ts'
import type { Command, CommandContext } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'
import { palette } from './palette.ts'

const statusSchema = v.object({
  pid: v.number(),
  delivery: v.object({ state: v.string(), lastFailure: v.nullable(v.object({ message: v.string() })) }),
  deadLetters: v.object({ count: v.number() }),
})

/** Finds out why traces do not arrive. */
export const doctor: Command = {
  name: 'doctor',
  summary: 'find out why traces do not arrive',
  args: '[FILE]',
  details:
    'Checks the config, the agent, its ports and its spool; if traces go to AWS, also the region, the network, the clock,\n' +
    'the credentials, their identity and their permissions. Sends nothing that X-Ray stores. Failures come first, each\n' +
    'with what to do about it. Exits 69 if a check fails.',
  options: { ...configOptions, json: { type: 'boolean', summary: 'print JSON' } },
  async run(context) {
    const findings = await examine(context)
    const order = ['fail', 'warn', 'ok', 'skip']
    // The sort is stable: each check runs after those that it depends on, so the first failure is the cause.
    const sorted = findings.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
    context.print(
      context.flags['json'] === true
        ? JSON.stringify(sorted, undefined, 2) + '\n'
        : sorted.map((finding) => lineOf(finding, context.env)).join(''),
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
  const agent = await checkAgent(loaded)
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
    const message = 'nothing leaves this machine: the config has no exporter that sends'
    findings.push({ name: 'export', state: 'skip', message })
  }
  for (const { name, exporter, settings: exporterSettings } of instances) {
    const found = await exporter.check?.(exporterSettings, context.env) ?? []
    const isOnly = name === exporter.name
    findings.push(...isOnly ? found : found.map((finding) => ({ ...finding, name: `${name} ${finding.name}` })))
  }
  return findings
}

async function checkAgent({ settings }: Loaded): Promise<Finding[]> {
  if (settings.admin === false) return [{ name: 'agent', state: 'skip', message: 'unknown, as admin is false' }]
  try {
    const { pid, delivery, deadLetters } = await new AdminClient(settings).call('/status', statusSchema)
    return [
      { name: 'agent', state: 'ok', message: `runs as process ${pid}` },
      delivery.state === 'ok' ? { name: 'delivery', state: 'ok', message: 'works' } : {
        name: 'delivery',
        state: 'warn',
        message: `fails: ${delivery.lastFailure?.message ?? ''}`,
        advice: 'see the failures above',
      },
      ...(deadLetters.count === 0 ? [] : [{
        name: 'dead letters',
        state: 'warn' as const,
        message: `${deadLetters.count} documents could not be delivered`,
        advice: 'see rontgen dead-letters list',
      }]),
    ]
  } catch (error) {
    if (error instanceof NoAgentError) return [{ name: 'agent', state: 'skip', message: 'not running' }]
    return [{ name: 'agent', state: 'warn', message: errorMessage(error) }]
  }
}

function lineOf({ name, state, message, advice }: Finding, env: CommandContext['env']): string {
  const outcome = { fail: 'fault', warn: 'error', ok: 'ok', skip: undefined }[state] as Outcome | undefined // each of them is one
  const word = state.padEnd(6)
  const adviceLine = advice === undefined ? '' : `${' '.repeat(28)}→ ${advice}\n`
  return `${outcome === undefined ? word : palette(env)(outcome, word)}${name.padEnd(22)}${message}\n${adviceLine}`
}
