import { ExitCode } from '../errors/command-error.ts'
import { errorMessage } from '../errors/error-message.ts'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { getParameter } from '../aws/get-parameter.ts'
import { loadCompat } from '../config/load-config.ts'
import { ConfigSet, setBeside } from '../compat/config-set.ts'
import { readCloudwatch } from '../compat/read-compat.ts'
import { configDir } from '../platform/user-dirs.ts'
import { openService } from '../service/open-service.ts'
import { VERSION } from '../version.ts'
import { type Command, type CommandContext } from './command.ts'
import { UsageError } from './usage-error.ts'

const actions = [
  'start',
  'stop',
  'status',
  'fetch-config',
  'append-config',
  'remove-config',
  'set-log-level',
] as const
/** What the predecessor does beside these, and what does it here. */
const elsewhere: Readonly<Record<string, string>> = {
  'set-env': 'set variables in a drop-in of rontgen.service, or where the agent is started',
  'status-with-workloads': 'see rontgen status',
}
const modes = ['ec2', 'onPremise', 'onPrem', 'auto'] as const
const levels: Readonly<Record<string, string>> = {
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
  OFF: 'error',
}
/** What `-c default` means: the ports that both programs have. */
const DEFAULT = { traces: { traces_collected: { xray: {}, otlp: {} } } }
/** The predecessor's exit code for whatever is wrong. */
const FAILED = 1

/** Does what amazon-cloudwatch-agent-ctl does. */
export const ctl: Command = {
  name: 'ctl',
  summary: 'do what amazon-cloudwatch-agent-ctl does: fetch, append and remove configs, start, stop, status',
  args: '',
  details: 'Configs are those of the CloudWatch agent, of which traces are taken. They are put together in a folder\n' +
    '(RONTGEN_CONFIG_DIR, else /etc/rontgen for root, and ~/.config/rontgen), which is checked before it takes the\n' +
    'place of the one that is used.',
  options: {
    action: { type: 'string', short: 'a', value: 'ACTION', summary: actions.join(', ') },
    mode: { type: 'string', short: 'm', value: 'MODE', summary: `${modes.join(', ')}; else ec2` },
    config: {
      type: 'string',
      short: 'c',
      value: 'SOURCE',
      summary: 'file:PATH, ssm:NAME, default, or all with remove-config',
    },
    start: { type: 'boolean', short: 's', summary: 'start the agent anew with it' },
    'log-level': { type: 'string', short: 'l', value: 'LEVEL', summary: 'DEBUG, INFO, WARN, ERROR or OFF' },
  },
  async run(context) {
    try {
      return await act(context)
    } catch (error) {
      context.complain(`rontgen: ${withoutCopy(errorMessage(error))}`)
      return FAILED
    }
  },
}

async function act(context: CommandContext): Promise<number> {
  const { flags, env, print } = context
  const notDone = elsewhere[String(flags['action'])]
  if (notDone !== undefined) throw new UsageError(`${String(flags['action'])} is not done here: ${notDone}`)
  const action = actions.find((name) => name === flags['action'])
  if (action === undefined) throw new UsageError(`-a is to be one of ${actions.join(', ')}`)
  const mode = String(flags['mode'] ?? 'ec2')
  if (!modes.some((name) => name === mode)) throw new UsageError(`-m is to be one of ${modes.join(', ')}`)
  const set = new ConfigSet(join(configDir(env), 'cloudwatch.d'))
  const service = openService(env)
  const restart = async (): Promise<void> => {
    if (service.isRunning()) await service.stop()
    await service.start(set.dir)
    print(`Started as ${service.name}\n`)
  }
  switch (action) {
    case 'status':
      print(statusText(set, service.startedAt()))
      return ExitCode.ok
    case 'stop':
      if (service.isRunning()) await service.stop()
      return ExitCode.ok
    case 'start':
      if (set.names.length === 0) throw new Error('There is no config: fetch one with -a fetch-config -c …')
      if (!service.isRunning()) await service.start(set.dir)
      return ExitCode.ok
    case 'set-log-level': {
      const level = levels[String(flags['log-level'] ?? '').toUpperCase()]
      if (level === undefined) throw new UsageError(`-l is to be one of ${Object.keys(levels).join(', ')}`)
      set.change((dir) => setBeside(dir, 'logLevel', level), () => {})
      print(`The log level is ${level} from the next start on\n`)
      break
    }
    default:
      await changeConfigs(action, mode, set, context)
  }
  if (flags['start'] === true) await restart()
  return ExitCode.ok
}

async function changeConfigs(
  action: 'fetch-config' | 'append-config' | 'remove-config',
  mode: string,
  set: ConfigSet,
  { flags, env, print, complain }: CommandContext,
): Promise<void> {
  const source = flags['config']
  if (typeof source !== 'string') throw new UsageError(`${action} needs -c`)
  if (action === 'remove-config') {
    const name = ConfigSet.nameOf(source)
    if (source !== 'all' && !set.names.includes(name)) throw new Error(`There is no config from ${source}`)
    set.change((dir) => {
      for (const one of source === 'all' ? set.names : [name]) rmSync(join(dir, one))
    }, (dir) => isEmpty(dir) || check(dir, complain))
    print(`Removed ${source}\n`)
    return
  }
  const text = await readSource(source, env)
  set.change((dir) => {
    if (action === 'fetch-config') { for (const name of set.names) rmSync(join(dir, name)) }
    writeFileSync(join(dir, ConfigSet.nameOf(source)), text)
    setBeside(dir, 'mode', mode)
  }, (dir) => check(dir, complain))
  print(`The config is valid, and saved in ${set.dir}\n`)
}

function isEmpty(dir: string): boolean {
  return readdirSync(dir).every((name) => name.startsWith('.'))
}

/** @throws {ConfigError} with every flaw */
function check(dir: string, complain: (line: string) => void): void {
  const foreign = readCloudwatch(dir)
  loadCompat({ ...foreign, file: dir }, [])
  for (const note of foreign.notes) complain(withoutCopy(note))
}

/** People know the folder, not the copy of it that is checked. */
function withoutCopy(text: string): string {
  return text.replaceAll('cloudwatch.d.new', 'cloudwatch.d')
}

async function readSource(source: string, env: CommandContext['env']): Promise<string> {
  if (source === 'default') return JSON.stringify(DEFAULT)
  if (source.startsWith('ssm:')) return await getParameter(source.slice(4), env)
  if (!source.startsWith('file:')) throw new UsageError('-c is to be file:PATH, ssm:NAME or default')
  const path = source.slice(5)
  if (!existsSync(path)) throw new Error(`There is no file "${path}"`)
  return readFileSync(path, 'utf8')
}

/** The predecessor's four keys, and what it runs on. */
function statusText(set: ConfigSet, startedAt: string | undefined): string {
  const status = {
    status: startedAt === undefined ? 'stopped' : 'running',
    starttime: startedAt ?? '',
    configstatus: set.names.length === 0 ? 'not configured' : 'configured',
    version: VERSION,
    configs: set.names.map((name) => join(set.dir, name)),
  }
  return JSON.stringify(status, undefined, 2) + '\n'
}
