import { ExitCode } from '../errors/command-error.ts'
import { errorMessage } from '../errors/error-message.ts'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { ConfigError } from '../config/config-error.ts'
import { editorTypes } from '../config/editor-types.ts'
import { loadCompat, loadConfig } from '../config/load-config.ts'
import { valuesOf } from '../config/values-of.ts'
import { fromCollector } from '../compat/collector-config.ts'
import { commandLine, lineOfUnit } from '../compat/command-line.ts'
import { readDaemonFlags } from '../compat/daemon-flags.ts'
import type { CompatConfig } from '../compat/compat-config.ts'
import { kindOfConfig, readCloudwatch, readDaemon } from '../compat/read-compat.ts'
import { writeConfig } from '../config/write-config.ts'
import { type Command } from './command.ts'
import { UsageError } from './usage-error.ts'

/** Where the predecessors keep what they are run with. */
const places = [
  '/etc/amazon/xray/cfg.yaml',
  '/lib/systemd/system/xray.service',
  '/usr/lib/systemd/system/xray.service',
  '/etc/systemd/system/xray.service',
  '/etc/init/xray.conf',
  '/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json',
  '/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.d',
]

/** Turns configs of other programs into one config.ts. */
export const migrate: Command = {
  name: 'migrate',
  summary: 'turn configs of the X-Ray daemon, the CloudWatch agent or a Collector into config.ts',
  args: '[FILE…]',
  details:
    "FILE is the daemon's cfg.yaml or service unit, the CloudWatch agent's JSON or folder, or a Collector's YAML with\n" +
    'awsxray; later ones go over earlier ones. --line gives the command line of a daemon. Without any of these the\n' +
    'places are looked at where packages put them. What has no counterpart is listed.',
  options: {
    line: { type: 'string', value: 'TEXT', summary: "the daemon's command line, such as 'xray -n us-west-2'" },
    output: { type: 'string', short: 'o', value: 'FILE', summary: 'where to write it; else config.ts; - is stdout' },
    force: { type: 'boolean', summary: 'write over a file that is there' },
    check: { type: 'boolean', summary: 'write nothing; tell whether the config that is there means the same' },
  },
  async run({ args, flags, env, print, complain }) {
    const line = flags['line']
    const named = args.length > 0 || typeof line === 'string' ? args : places.filter((place) => existsSync(place))
    const read = named.map((file) => ({ ...readAny(file), file }))
    if (typeof line === 'string') read.push({ ...readLine(line), file: `the command line "${line}"` })
    if (read.length === 0) {
      throw new UsageError('There is no config of a predecessor in its place; name a FILE, or --line')
    }
    const config = read.reduce<object>((all, one) => over(all, one.config), {})
    const notes = [...new Set(read.flatMap((one) => one.notes))]
    const { settings } = loadCompat({ config, notes, file: undefined }, [])
    const output = String(flags['output'] ?? 'config.ts')
    if (flags['check'] === true) {
      const { settings: own } = await loadConfig(output, [], env)
      if (isDeepStrictEqual(own, settings)) {
        print(`${output} means the same as ${read.map(({ file }) => file).join(', ')}\n`)
        return ExitCode.ok
      }
      const [theirs, ours] = [settings, own].map((one) =>
        new Map(valuesOf(one, {}, '', []).map(({ path, value }) => [path, value]))
      )
      for (const path of new Set([...theirs?.keys() ?? [], ...ours?.keys() ?? []])) {
        const [a, b] = [theirs?.get(path), ours?.get(path)]
        if (a !== b) complain(`${path}: ${a ?? 'not set'} there, ${b ?? 'not set'} in ${output}`)
      }
      return ExitCode.data
    }
    const text = writeConfig(config, [`From ${read.map(({ file }) => file).join(', ')}, by rontgen migrate.`], notes)
    if (output === '-') print(text)
    else {
      if (existsSync(output) && flags['force'] !== true) {
        throw new UsageError(`${output} is there already; --force writes over it`)
      }
      writeFileSync(output, text)
      if (output === 'config.ts') writeFileSync('rontgen.d.ts', editorTypes())
      print(`Wrote ${output}\n`)
    }
    for (const note of notes) complain(note)
    return ExitCode.ok
  },
}

function readAny(file: string): CompatConfig {
  if (!existsSync(file)) throw new ConfigError([`${file}: there is no such file`])
  if (/\.(service|conf)$/.test(file)) {
    const line = lineOfUnit(readFileSync(file, 'utf8'))
    if (line === undefined) throw new ConfigError([`${file}: it starts nothing`])
    return readLine(line)
  }
  switch (kindOfConfig(file)) {
    case 'cloudwatch':
      return readCloudwatch(file)
    case 'daemon':
      return readDaemon(new Map(), file)
    case 'collector':
      return fromCollector(readFileSync(file, 'utf8'), file)
    case 'own':
      throw new UsageError(`"${file}" is no config of another program: it is to end in .yaml, .json or .service`)
  }
}

function readLine(line: string): CompatConfig {
  const words = commandLine(line)
  try {
    const flags = readDaemonFlags(words)
    const [, named] = words.join(' ').match(/--?c(?:onfig)?[ =](\S+)/) ?? []
    return readDaemon(flags?.values ?? new Map(), flags?.config ?? named)
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause
    throw new ConfigError([`"${line}": ${errorMessage(cause)}`], { cause })
  }
}

/** One config over another. */
function over(first: object, second: object): object {
  const both: Record<string, unknown> = { ...first }
  for (const [key, value] of Object.entries(second)) {
    const old = both[key]
    const areObjects = Object(old) === old && Object(value) === value && !Array.isArray(old) && !Array.isArray(value)
    both[key] = areObjects ? over(Object(old), Object(value)) : value
  }
  return both
}
