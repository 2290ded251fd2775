import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { fromCollector } from '../compat/collector-config.ts'
import { commandLine, lineOfUnit } from '../compat/command-line.ts'
import type { CompatConfig } from '../compat/compat-config.ts'
import { readDaemonLine } from '../compat/daemon-flags.ts'
import { kindOfConfig, readCloudwatch, readDaemon } from '../compat/read-compat.ts'
import { ConfigError } from '../config/config-error.ts'
import { editorTypes } from '../config/editor-types.ts'
import { effectiveValues } from '../config/effective-values.ts'
import { loadCompat, loadConfig } from '../config/load-config.ts'
import type { Settings } from '../config/schema.ts'
import { writeConfig } from '../config/write-config.ts'
import { ExitCode } from '../errors/command-error.ts'
import { errorMessage } from '../errors/error-message.ts'
import type { Command, CommandContext } from './command.ts'
import { UsageError } from './usage-error.ts'

/** Where packages install the configs and units of the agents that rontgen replaces. */
const packagedFiles = [
  '/etc/amazon/xray/cfg.yaml',
  '/lib/systemd/system/xray.service',
  '/usr/lib/systemd/system/xray.service',
  '/etc/systemd/system/xray.service',
  '/etc/init/xray.conf',
  '/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json',
  '/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.d',
]

/** Converts configs of other programs into one config.ts. */
export const migrate: Command = {
  name: 'migrate',
  summary: 'convert the config of an X-Ray daemon, CloudWatch agent or Collector into config.ts',
  args: '[FILE…]',
  details:
    "FILE is the X-Ray daemon's cfg.yaml or service unit, the CloudWatch agent's JSON file or folder, or the YAML of an\n" +
    'OpenTelemetry Collector with an awsxray exporter. Later files override earlier ones. Without FILE and --line, reads\n' +
    'the files where packages install them. Prints what has no counterpart.',
  options: {
    line: { type: 'string', value: 'TEXT', summary: "command line of an X-Ray daemon, such as 'xray -n us-west-2'" },
    output: {
      type: 'string',
      short: 'o',
      value: 'FILE',
      summary: 'file to write, or - for stdout; default: config.ts',
    },
    force: { type: 'boolean', summary: 'overwrite an existing file' },
    check: { type: 'boolean', summary: 'write nothing; exit 65 unless the existing file is equivalent' },
  },
  async run(context) {
    const { args, flags, print, printError } = context
    const line = flags['line']
    const files = args.length > 0 || typeof line === 'string' ? args : packagedFiles.filter((file) => existsSync(file))
    const sources = files.map((file) => ({ ...readFile(file), name: file }))
    if (typeof line === 'string') sources.push({ ...readLine(line), name: `the command line "${line}"` })
    if (sources.length === 0) throw new UsageError('No config to migrate was found; name a FILE, or use --line')
    const names = sources.map(({ name }) => name).join(', ')
    const config = sources.reduce<object>((merged, source) => merge(merged, source.config), {})
    const notes = [...new Set(sources.flatMap((source) => source.notes))]
    const { settings } = loadCompat({ config, notes, file: undefined }, [])
    const output = String(flags['output'] ?? 'config.ts')
    if (flags['check'] === true) return await compare(settings, names, output, context)
    const text = writeConfig(config, [`From ${names}, by rontgen migrate.`], notes)
    if (output === '-') print(text)
    else {
      if (existsSync(output) && flags['force'] !== true) {
        throw new UsageError(`${output} already exists; --force overwrites it`)
      }
      writeFileSync(output, text)
      if (output === 'config.ts') writeFileSync('rontgen.d.ts', editorTypes())
      print(`Wrote ${output}\n`)
    }
    for (const note of notes) printError(note)
    return ExitCode.ok
  },
}

/** Compares the migrated settings with those of an existing config, and prints how they differ. @returns the exit code */
async function compare(
  migrated: Settings,
  names: string,
  file: string,
  { env, print, printError }: CommandContext,
): Promise<number> {
  const { settings: existing } = await loadConfig(file, [], env)
  if (isDeepStrictEqual(existing, migrated)) {
    print(`${file} is equivalent to ${names}\n`)
    return ExitCode.ok
  }
  const [before, after] = [valuesByPath(migrated), valuesByPath(existing)]
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [expected, actual] = [before.get(path), after.get(path)]
    if (expected !== actual) {
      printError(`${path}: ${expected ?? 'not set'} in ${names}, ${actual ?? 'not set'} in ${file}`)
    }
  }
  return ExitCode.data
}

function valuesByPath(settings: Settings): Map<string, string> {
  return new Map(effectiveValues(settings, {}, '', []).map(({ path, value }) => [path, value]))
}

function readFile(file: string): CompatConfig {
  if (!existsSync(file)) throw new ConfigError([`${file}: there is no such file`])
  if (/\.(service|conf)$/.test(file)) {
    const line = lineOfUnit(readFileSync(file, 'utf8'))
    if (line === undefined) throw new ConfigError([`${file}: the unit starts no program`])
    return readLine(line)
  }
  switch (kindOfConfig(file)) {
    case 'cloudwatch':
      return readCloudwatch(file)
    case 'daemon':
      return readDaemon(new Map(), file)
    case 'collector':
      return fromCollector(readFileSync(file, 'utf8'), file)
    case 'rontgen':
      throw new UsageError(`Cannot migrate "${file}": the name must end in .yaml, .json, .service or .conf`)
  }
}

function readLine(line: string): CompatConfig {
  const words = commandLine(line)
  try {
    const daemon = readDaemonLine(words)
    // A line of `-c FILE` alone has no flag that only the daemon has.
    const [, file] = words.join(' ').match(/--?c(?:onfig)?[ =](\S+)/) ?? []
    return readDaemon(daemon?.values ?? new Map(), daemon?.config ?? file)
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause
    throw new ConfigError([`"${line}": ${errorMessage(cause)}`], { cause })
  }
}

/** Merges two configs; where both set a key, the second one wins. */
function merge(first: object, second: object): object {
  const merged: Record<string, unknown> = { ...first }
  for (const [key, value] of Object.entries(second)) {
    const old = merged[key]
    const areObjects = Object(old) === old && Object(value) === value && !Array.isArray(old) && !Array.isArray(value)
    merged[key] = areObjects ? merge(Object(old), Object(value)) : value
  }
  return merged
}
