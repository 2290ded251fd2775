import { ExitCode } from '../errors/command-error.ts'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { openService } from '../service/open-service.ts'
import { systemdUnit } from '../service/systemd-unit.ts'
import { ownCommand } from '../platform/own-command.ts'
import { type Command, type CommandContext } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'

const configOption = { config: configOptions['config'] ?? { type: 'string', summary: 'config file' } } as const

/** The config for the background, by its whole path: it is checked before anything is started. */
async function checkedConfig(context: CommandContext): Promise<string | undefined> {
  const { notes } = await loadFrom({ ...context, args: [] })
  for (const note of notes) context.complain(note)
  const named = context.flags['config'] ?? (context.env['RONTGEN_CONFIG'] || undefined)
  if (named !== undefined) return resolve(String(named))
  return existsSync('config.ts') ? resolve('config.ts') : undefined
}

/** Starts the agent in the background. */
export const start: Command = {
  name: 'start',
  summary: 'start the agent in the background: as a systemd unit, else as a process',
  args: '',
  details:
    'The config is checked first. As root on a machine with systemd it writes and enables rontgen.service; elsewhere a\n' +
    'process is started, whose id and log are kept in the state folder (RONTGEN_STATE_DIR). Gives when it is ready.',
  options: {
    ...configOption,
    'print-unit': { type: 'boolean', summary: 'print the systemd unit, and start nothing' },
  },
  async run(context) {
    const config = await checkedConfig(context)
    if (context.flags['print-unit'] === true) {
      context.print(systemdUnit({ program: ownCommand()[0], config }))
      return ExitCode.ok
    }
    const service = openService(context.env)
    await service.start(config)
    context.print(`Started as ${service.name}\n`)
    return ExitCode.ok
  },
}

/** Stops the agent in the background. */
export const stop: Command = {
  name: 'stop',
  summary: 'stop the agent in the background; what waits stays in the spool',
  args: '',
  details: 'Gives once it ended.',
  options: {},
  async run({ env, print }) {
    await openService(env).stop()
    print('Stopped\n')
    return ExitCode.ok
  },
}

/** Stops and starts the agent in the background. */
export const restart: Command = {
  name: 'restart',
  summary: 'stop and start the agent in the background',
  args: '',
  details: 'The config is checked first: with a wrong one the agent goes on as it is.',
  options: configOption,
  async run(context) {
    const config = await checkedConfig(context)
    const service = openService(context.env)
    if (service.isRunning()) await service.stop()
    await service.start(config)
    context.print(`Started as ${service.name}\n`)
    return ExitCode.ok
  },
}

/** Shows the log of the agent in the background. */
export const logs: Command = {
  name: 'logs',
  summary: 'show the log of the agent in the background',
  args: '',
  details: 'The last 200 lines.',
  options: { follow: { type: 'boolean', short: 'f', summary: 'go on with what comes' } },
  run({ env, flags }) {
    const [program, ...args] = openService(env).logCommand(flags['follow'] === true)
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })
    return new Promise((done, failed) => {
      child.on('error', failed)
      child.on('exit', (code) => done(code ?? ExitCode.ok))
    })
  },
}
