import { ExitCode } from '../errors/command-error.ts'
import { hidePassword } from '../config/values-of.ts'
import { type Command } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'

/** Prints the config that is in force. */
export const printConfig: Command = {
  name: 'print-config',
  summary: 'print the config in force, with every default, as JSON',
  args: '[FILE]',
  details: 'Sizes are in bytes, times in milliseconds. Passwords in URLs are not printed.',
  options: configOptions,
  async run(context) {
    const { settings } = await loadFrom(context)
    context.print(JSON.stringify(settings, (_, value: unknown) => hidePassword(value), 2) + '\n')
    return ExitCode.ok
  },
}
