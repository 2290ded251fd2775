import { hideSecret } from '../config/effective-values.ts'
import { ExitCode } from '../errors/command-error.ts'
import type { Command } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'

/** Prints the effective config. */
export const printConfig: Command = {
  name: 'print-config',
  summary: 'print the effective config, with every default, as JSON',
  args: '[FILE]',
  details:
    'Sizes are in bytes, durations in milliseconds. Secrets are masked: user, password and query of a URL, and externalId.',
  options: configOptions,
  async run(context) {
    const { settings } = await loadFrom(context)
    context.print(JSON.stringify(settings, (key, value: unknown) => hideSecret(key, value), 2) + '\n')
    return ExitCode.ok
  },
}
