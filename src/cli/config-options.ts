import { fromCloudwatch } from '../compat/cloudwatch-config.ts'
import { kindOfConfig, readCloudwatch, readDaemon } from '../compat/read-compat.ts'
import { ConfigError } from '../config/config-error.ts'
import { loadCompat, loadConfig, type Loaded } from '../config/load-config.ts'
import { overrideOptions, readOverrides } from '../config/overrides.ts'
import type { CommandContext, CommandOption } from './command.ts'

/** The option that names the config file. */
export const configOption: CommandOption = {
  type: 'string',
  short: 'c',
  value: 'FILE',
  summary: 'config.ts, or the config of an X-Ray daemon or CloudWatch agent; default: ./config.ts (RONTGEN_CONFIG)',
}

/** The options of every command that reads a config. */
export const configOptions: Readonly<Record<string, CommandOption>> = {
  config: configOption,
  ...Object.fromEntries(overrideOptions.map(({ flag, env, kind, value, summary }): [string, CommandOption] => [
    flag,
    { type: kind === 'on' ? 'boolean' : 'string', summary: `${summary} (${env})`, ...(value === '' ? {} : { value }) },
  ])),
}

/**
 * Loads the config that the command line and the environment name, whichever program it is for.
 *
 * @throws {ConfigError} with every issue
 */
export async function loadFrom({ flags, args, env, daemon }: CommandContext): Promise<Loaded> {
  const named = flags['config'] ?? args[0] ?? (env['RONTGEN_CONFIG'] || undefined)
  const file = named === undefined ? undefined : String(named)
  // The flags of a daemon are part of its config; the environment overrides that.
  const overrides = readOverrides(daemon === undefined ? flags : {}, env)
  if (daemon !== undefined) return loadCompat(readDaemon(daemon.values, daemon.config), overrides)
  if (file === undefined) {
    const content = env['CW_CONFIG_CONTENT']
    if (!content) return await loadConfig(undefined, overrides, env)
    return loadCompat({ ...fromContent(content), file: undefined }, overrides)
  }
  switch (kindOfConfig(file)) {
    case 'cloudwatch':
      return loadCompat({ ...readCloudwatch(file), file }, overrides)
    case 'daemon':
      return loadCompat(readDaemon(new Map(), file), overrides)
    case 'collector':
      throw new ConfigError([
        `${file}: this is a config of an OpenTelemetry Collector; rontgen migrate converts it to config.ts`,
      ])
    case 'rontgen':
      return await loadConfig(file, overrides, env)
  }
}

/** Reads a config of the CloudWatch agent from the environment, where containers have it. */
function fromContent(text: string) {
  const file = 'CW_CONFIG_CONTENT'
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    throw new ConfigError([`${file}: not valid JSON`], { cause })
  }
  return fromCloudwatch(parsed, { file, text })
}
