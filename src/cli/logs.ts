import { spawn } from 'node:child_process'
import { ExitCode } from '../errors/command-error.ts'
import { openService } from '../service/open-service.ts'
import type { Command } from './command.ts'

/** Shows the log of the agent in the background. */
export const logs: Command = {
  name: 'logs',
  summary: 'show the log of the agent in the background',
  args: '',
  details: 'Prints the last 200 lines.',
  options: { follow: { type: 'boolean', short: 'f', summary: 'keep printing new lines as they are written' } },
  run({ env, flags }) {
    const [program, ...args] = openService(env).logCommand(flags['follow'] === true)
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })
    return new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('exit', (code) => resolve(code ?? ExitCode.ok))
    })
  },
}
