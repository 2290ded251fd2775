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
  const { agent, delivery } = await checkAgent(loaded)
  const findings: Finding[] = [
    {
      name: 'config',
      state: 'ok',
      message: `${file ?? 'the defaults'}${notes.length === 0 ? '' : `; ${notes.join('; ')}`}`,
    },
    ...agent,
    ...await checkMachine(settings, queueSettings(settings, context.env).dir, agent[0]?.state !== 'skip', context.env),
  ]
  const instances = exporterInstances(settings)
  if (!instances.some(({ exporter }) => exporter.leavesMachine)) {
    const message = 'nothing leaves this machine: the config has no exporter that sends'
    findings.push({ name: 'export', state: 'skip', message })
  }
  const unhealthy = new Set<string>()
  for (const { name, exporter, settings: exporterSettings } of instances) {
    const found = await exporter.check?.(exporterSettings, context.env) ?? []
    if (found.some(({ state }) => state === 'fail')) unhealthy.add(name)
    const isOnly = name === exporter.name
    findings.push(...isOnly ? found : found.map((finding) => ({ ...finding, name: `${name} ${finding.name}` })))
  }
  return [...delivery.map((failing) => deliveryFinding(failing, unhealthy.has(failing.name))), ...findings]
}

type Status = v.InferOutput<typeof statusSchema>
type ExporterStatus = Status['exporters'][number]

/** What the agent says of itself. `delivery` has the exporters that do not deliver. */
async function checkAgent({ settings }: Loaded): Promise<{ agent: Finding[]; delivery: ExporterStatus[] }> {
  const only = (finding: Finding) => ({ agent: [finding], delivery: [] })
  if (settings.admin === false) return only({ name: 'agent', state: 'skip', message: 'unknown, as admin is false' })
  try {
    const status = await new AdminClient(settings).call('/status', statusSchema)
    const delivery = status.exporters.filter(({ state }) => state !== 'ok')
    const agent: Finding[] = [{ name: 'agent', state: 'ok', message: `runs as process ${status.pid}` }]
    if (delivery.length === 0) agent.push({ name: 'delivery', state: 'ok', message: 'works' })
    return { agent: [...agent, ...findingsOf(status)], delivery }
  } catch (error) {
    if (error instanceof NoAgentError) return only({ name: 'agent', state: 'skip', message: 'not running' })
    return only({ name: 'agent', state: 'warn', message: errorMessage(error) })
  }
}

/** @param hasCause whether a check of the exporter failed */
function deliveryFinding({ name, lastFailure }: ExporterStatus, hasCause: boolean): Finding {
  return {
    name: 'delivery',
    state: 'warn',
    message: `to ${name} fails: ${lastFailure?.message ?? ''}`,
    advice: hasCause ? 'see the failures above' : 'see rontgen logs',
  }
}

function findingsOf({ removedExporters, deadLetters }: Status): Finding[] {
  return [
    ...removedExporters.map((removed) => ({
      name: 'removed exporter',
      state: 'warn' as const,
      message: `${removed.name} is no longer in the config, and ${describeKept(removed)} are kept for it`,
      advice: `bring it back, or move or drop what is kept by rontgen queue`,
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
  const outcome = { fail: 'fault', warn: 'error', ok: 'ok', skip: undefined }[state] as Outcome | undefined // each of them is one
  const word = state.padEnd(6)
  const adviceLine = advice === undefined ? '' : `${' '.repeat(word.length + width)}→ ${advice}\n`
  return `${outcome === undefined ? word : palette(env)(outcome, word)}${name.padEnd(width)}${message}\n${adviceLine}`
}
