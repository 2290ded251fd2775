import * as v from 'valibot'
import { ExitCode } from '../errors/command-error.ts'
import { AdminClient } from './admin-client.ts'
import type { Command } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'

/** Checks whether the agent is ready, for container images without a shell. */
export const healthcheck: Command = {
  name: 'healthcheck',
  summary: 'exit 0 if the agent is ready, 69 otherwise; for container images without a shell',
  args: '[FILE]',
  details: 'The agent is ready unless its queue is full. Calls its admin port, which the config sets.',
  options: configOptions,
  async run(context) {
    const { settings } = await loadFrom(context)
    const schema = v.object({ queue: v.object({ isFull: v.boolean() }) })
    const { queue: { isFull } } = await new AdminClient(settings).call('/status', schema)
    context.print(isFull ? 'the queue is full\n' : 'ready\n')
    return isFull ? ExitCode.unavailable : ExitCode.ok
  },
}
