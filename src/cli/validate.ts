import { ExitCode } from '../errors/command-error.ts'
import { type Command } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'

/** Checks a config. */
export const validate: Command = {
  name: 'validate',
  summary: 'check a config, and say what is wrong with it',
  args: '[FILE]',
  details:
    'Exits 78 if the config cannot be used; each line names the file, the line, the key, its value and what to write.',
  options: configOptions,
  async run(context) {
    const { file, notes } = await loadFrom(context)
    for (const note of notes) context.complain(note)
    context.print(file === undefined ? 'There is no config.ts here; the defaults are valid\n' : `${file} is valid\n`)
    return ExitCode.ok
  },
}
