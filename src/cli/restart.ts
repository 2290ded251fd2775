import { ExitCode } from '../errors/command-error.ts'
import { openService } from '../service/open-service.ts'
import { backgroundConfig } from './background-config.ts'
import type { Command } from './command.ts'
import { configOption } from './config-options.ts'

/** Stops and starts the agent in the background. */
export const restart: Command = {
  name: 'restart',
  summary: 'stop and start the agent in the background',
  args: '',
  details: 'The config is validated first; if it is invalid, the agent keeps running as it is.',
  options: { config: configOption },
  async run(context) {
    const config = await backgroundConfig(context)
    const service = openService(context.env)
    if (service.isRunning()) await service.stop()
    await service.start(config)
    context.print(`Started as ${service.name}\n`)
    return ExitCode.ok
  },
}
