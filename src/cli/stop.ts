import { ExitCode } from '../errors/command-error.ts'
import { openService } from '../service/open-service.ts'
import type { Command } from './command.ts'

/** Stops the agent in the background. */
export const stop: Command = {
  name: 'stop',
  summary: 'stop the agent in the background; undelivered documents stay in the spool',
  args: '',
  details: 'Returns when the agent has stopped.',
  options: {},
  async run({ env, print }) {
    await openService(env).stop()
    print('Stopped\n')
    return ExitCode.ok
  },
}
