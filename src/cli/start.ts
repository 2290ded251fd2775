import { ExitCode } from '../errors/command-error.ts'
import { launchCommand } from '../platform/launch-command.ts'
import { openService } from '../service/open-service.ts'
import { systemdUnit } from '../service/systemd-unit.ts'
import { backgroundConfig } from './background-config.ts'
import type { Command } from './command.ts'
import { configOption } from './config-options.ts'

/** Starts the agent in the background. */
export const start: Command = {
  name: 'start',
  summary: 'start the agent in the background, as a systemd unit or as a process',
  args: '',
  details:
    'The config is validated first. As root on a machine with systemd, writes, enables and starts rontgen.service.\n' +
    'Otherwise starts a process, whose id and log are kept in the state folder (RONTGEN_STATE_DIR). Returns when the\n' +
    'agent is ready.',
  options: {
    config: configOption,
    'print-unit': { type: 'boolean', summary: 'print the systemd unit instead of starting the agent' },
  },
  async run(context) {
    const config = await backgroundConfig(context)
    if (context.flags['print-unit'] === true) {
      context.print(systemdUnit({ program: launchCommand()[0], config }))
      return ExitCode.ok
    }
    const service = openService(context.env)
    await service.start(config)
    context.print(`Started as ${service.name}\n`)
    return ExitCode.ok
  },
}
