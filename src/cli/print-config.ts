import { hidePassword } from '../config/effective-values.ts'
import { ExitCode } from '../errors/command-error.ts'
import type { Command } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'

/** Prints the effective config. */
export const printConfig: Command = {
  name: 'print-config',
  summary: 'print the effective config, with every default, as JSON',
  args: '[FILE]',
  details: 'Sizes are in bytes, durations in milliseconds. Passwords in URLs are masked.',
  options: configOptions,
  async run(context) {
    const { settings } = await loadFrom(context)
    context.print(JSON.stringify(settings, (_, value: unknown) => hidePassword(value), 2) + '\n')
    return ExitCode.ok
  },
}
