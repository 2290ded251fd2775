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
    const { queue } = await new AdminClient(settings).call(
      '/status',
      v.object({ queue: v.object({ bytes: v.number(), maxBytes: v.number() }) }),
    )
    const isFull = queue.bytes >= queue.maxBytes
    context.print(isFull ? 'the queue is full\n' : 'ready\n')
    return isFull ? ExitCode.unavailable : ExitCode.ok
  },
}
