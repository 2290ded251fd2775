import { ExitCode } from '../errors/command-error.ts'
import { AdminClient } from './admin-client.ts'
import { type Command } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'
import * as v from 'valibot'

/** Tells whether the agent is ready, for images without a shell. */
export const healthcheck: Command = {
  name: 'healthcheck',
  summary: 'exit 0 if the running agent is ready, else 69; for container images without a shell',
  args: '[FILE]',
  details: 'It is ready while it takes traces: not if the queue is full. Asks the admin port, which the config names.',
  options: configOptions,
  async run(context) {
    const { settings } = await loadFrom(context)
    const schema = v.object({ queue: v.object({ isFull: v.boolean() }) })
    const { queue: { isFull } } = await new AdminClient(settings).call('/status', schema)
    context.print(isFull ? 'the queue is full\n' : 'ready\n')
    return isFull ? ExitCode.unavailable : ExitCode.ok
  },
}
