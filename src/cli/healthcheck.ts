import * as v from 'valibot'
import { ExitCode } from '../errors/command-error.ts'
import { describeFull } from '../telemetry/describe-full.ts'
import { AdminClient } from './admin-client.ts'
import type { Command } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'

/** Checks whether the agent is ready, for container images without a shell. */
export const healthcheck: Command = {
  name: 'healthcheck',
  summary: 'exit 0 if the agent is ready, 69 otherwise; for container images without a shell',
  args: '[FILE]',
  details: 'The agent is ready unless the queue of an exporter is full. Calls its admin port, which the config sets.',
  options: configOptions,
  async run(context) {
    const { settings } = await loadFrom(context)
    const schema = v.object({ exporters: v.array(v.object({ name: v.string(), isFull: v.boolean() })) })
    const { exporters } = await new AdminClient(settings).call('/status', schema)
    const full = describeFull(exporters)
    context.print(`${full ?? 'ready'}\n`)
    return full === undefined ? ExitCode.ok : ExitCode.unavailable
  },
}
