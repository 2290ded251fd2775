import { loadConfig, type Loaded } from '../config/load-config.ts'
import { overrideOptions, readOverrides } from '../config/overrides.ts'
import type { CommandContext, CommandOption } from './command.ts'

/** The options of every command that reads a config. */
export const configOptions: Readonly<Record<string, CommandOption>> = {
  config: {
    type: 'string',
    short: 'c',
    value: 'FILE',
    summary: 'config file; else ./config.ts, else the defaults (RONTGEN_CONFIG)',
  },
  ...Object.fromEntries(overrideOptions.map(({ flag, env, kind, value, summary }): [string, CommandOption] => [
    flag,
    { type: kind === 'on' ? 'boolean' : 'string', summary: `${summary} (${env})`, ...(value === '' ? {} : { value }) },
  ])),
}

/** Loads the config that flags and environment name. @throws {ConfigError} */
export function loadFrom({ flags, args, env }: CommandContext): Promise<Loaded> {
  const named = flags['config'] ?? args[0] ?? (env['RONTGEN_CONFIG'] || undefined)
  return loadConfig(named === undefined ? undefined : String(named), readOverrides(flags, env), env)
}
