import { ExitCode } from '../errors/command-error.ts'
import type { Command } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'

/** Checks a config. */
export const validate: Command = {
  name: 'validate',
  summary: 'check a config and report every error',
  args: '[FILE]',
  details:
    'Prints one line per error: file and line, key, value, and what is expected there. Exits 78 if the config is invalid.',
  options: configOptions,
  async run(context) {
    const { file, notes } = await loadFrom(context)
    for (const note of notes) context.printError(note)
    context.print(file === undefined ? 'There is no config.ts here; the defaults are valid\n' : `${file} is valid\n`)
    return ExitCode.ok
  },
}
