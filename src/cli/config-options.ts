import { ConfigError } from '../config/config-error.ts'
import { loadCompat, loadConfig, type Loaded } from '../config/load-config.ts'
import { overrideOptions, readOverrides } from '../config/overrides.ts'
import { fromCloudwatch } from '../compat/cloudwatch-config.ts'
import { kindOfConfig, readCloudwatch, readDaemon } from '../compat/read-compat.ts'
import type { CommandContext, CommandOption } from './command.ts'

/** The options of every command that reads a config. */
export const configOptions: Readonly<Record<string, CommandOption>> = {
  config: {
    type: 'string',
    short: 'c',
    value: 'FILE',
    summary:
      "config file: config.ts, the X-Ray daemon's cfg.yaml, or the CloudWatch agent's JSON or folder of it; else ./config.ts, else the defaults (RONTGEN_CONFIG)",
  },
  ...Object.fromEntries(overrideOptions.map(({ flag, env, kind, value, summary }): [string, CommandOption] => [
    flag,
    { type: kind === 'on' ? 'boolean' : 'string', summary: `${summary} (${env})`, ...(value === '' ? {} : { value }) },
  ])),
}

/** Loads the config that flags and environment name, in whichever program's words. @throws {ConfigError} */
export async function loadFrom({ flags, args, env, daemon }: CommandContext): Promise<Loaded> {
  const named = flags['config'] ?? args[0] ?? (env['RONTGEN_CONFIG'] || undefined)
  const file = named === undefined ? undefined : String(named)
  // Flags of the daemon are read already; what the environment says goes over them.
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
        `${file}: it is a config of the OpenTelemetry Collector; rontgen migrate turns it into config.ts`,
      ])
    case 'own':
      return await loadConfig(file, overrides, env)
  }
}

/** The CloudWatch agent's config as containers have it: in the environment. */
function fromContent(text: string) {
  const file = 'CW_CONFIG_CONTENT'
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    throw new ConfigError([`${file}: it is no JSON`], { cause })
  }
  return fromCloudwatch(parsed, { file, text })
}
