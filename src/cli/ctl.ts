import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { getParameter } from '../aws/get-parameter.ts'
import { ConfigSet, writeSetting } from '../compat/config-set.ts'
import { readCloudwatch } from '../compat/read-compat.ts'
import { loadCompat } from '../config/load-config.ts'
import { ExitCode } from '../errors/command-error.ts'
import { errorMessage } from '../errors/error-message.ts'
import { configDir } from '../platform/user-dirs.ts'
import { openService } from '../service/open-service.ts'
import { VERSION } from '../version.ts'
import type { Command, CommandContext } from './command.ts'
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
/** Actions of amazon-cloudwatch-agent-ctl that are not supported, and what to use instead. */
const unsupported: Readonly<Record<string, string>> = {
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
/** The config that `-c default` stands for: every listener on its default port. */
const DEFAULT_CONFIG = { traces: { traces_collected: { xray: {}, otlp: {} } } }
/** The one exit code that amazon-cloudwatch-agent-ctl has for all errors. */
const FAILED = 1

/** Takes the flags of amazon-cloudwatch-agent-ctl. */
export const ctl: Command = {
  name: 'ctl',
  summary: 'manage configs and the agent with the flags of amazon-cloudwatch-agent-ctl',
  args: '',
  details:
    'Configs are those of the CloudWatch agent; their traces section is used. They are kept in a folder: cloudwatch.d in\n' +
    'RONTGEN_CONFIG_DIR, by default /etc/rontgen for root and ~/.config/rontgen for others. A change is validated first;\n' +
    'an invalid one leaves the folder and the agent as they are.',
  options: {
    action: { type: 'string', short: 'a', value: 'ACTION', summary: actions.join(', ') },
    mode: { type: 'string', short: 'm', value: 'MODE', summary: `${modes.join(', ')}; default: ec2` },
    config: {
      type: 'string',
      short: 'c',
      value: 'SOURCE',
      summary: 'file:PATH, ssm:NAME or default; all to remove every config',
    },
    start: { type: 'boolean', short: 's', summary: 'start the agent afterwards, or restart it' },
    'log-level': { type: 'string', short: 'l', value: 'LEVEL', summary: 'DEBUG, INFO, WARN, ERROR or OFF' },
  },
  async run(context) {
    try {
      return await runAction(context)
    } catch (error) {
      context.printError(`rontgen: ${withoutCopy(errorMessage(error))}`)
      return FAILED
    }
  },
}

async function runAction(context: CommandContext): Promise<number> {
  const { flags, env, print } = context
  const instead = unsupported[String(flags['action'])]
  if (instead !== undefined) throw new UsageError(`${String(flags['action'])} is not supported: ${instead}`)
  const action = actions.find((name) => name === flags['action'])
  if (action === undefined) throw new UsageError(`-a must be one of ${actions.join(', ')}`)
  const mode = String(flags['mode'] ?? 'ec2')
  if (!modes.some((name) => name === mode)) throw new UsageError(`-m must be one of ${modes.join(', ')}`)
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
      if (level === undefined) throw new UsageError(`-l must be one of ${Object.keys(levels).join(', ')}`)
      set.change((dir) => writeSetting(dir, 'logLevel', level), () => {})
      print(`The log level is ${level} after the next start\n`)
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
  { flags, env, print, printError }: CommandContext,
): Promise<void> {
  const source = flags['config']
  if (typeof source !== 'string') throw new UsageError(`${action} needs -c SOURCE`)
  if (action === 'remove-config') {
    const name = ConfigSet.nameOf(source)
    if (source !== 'all' && !set.names.includes(name)) throw new Error(`There is no config from ${source}`)
    set.change((dir) => {
      for (const file of source === 'all' ? set.names : [name]) rmSync(join(dir, file))
    }, (dir) => isEmpty(dir) || check(dir, printError))
    print(`Removed ${source}\n`)
    return
  }
  const text = await readSource(source, env)
  set.change((dir) => {
    if (action === 'fetch-config') { for (const name of set.names) rmSync(join(dir, name)) }
    writeFileSync(join(dir, ConfigSet.nameOf(source)), text)
    writeSetting(dir, 'mode', mode)
  }, (dir) => check(dir, printError))
  print(`The config is valid and saved in ${set.dir}\n`)
}

function isEmpty(dir: string): boolean {
  return readdirSync(dir).every((name) => name.startsWith('.'))
}

/** Checks the configs in a folder, and prints their notes. @throws {ConfigError} with every issue */
function check(dir: string, printError: (line: string) => void): void {
  const compat = readCloudwatch(dir)
  loadCompat({ ...compat, file: dir }, [])
  for (const note of compat.notes) printError(withoutCopy(note))
}

/** Names the folder in a message that is about the copy that was checked. */
function withoutCopy(text: string): string {
  return text.replaceAll('cloudwatch.d.new', 'cloudwatch.d')
}

async function readSource(source: string, env: CommandContext['env']): Promise<string> {
  if (source === 'default') return JSON.stringify(DEFAULT_CONFIG)
  if (source.startsWith('ssm:')) return await getParameter(source.slice(4), env)
  if (!source.startsWith('file:')) throw new UsageError('-c must be file:PATH, ssm:NAME or default')
  const path = source.slice(5)
  if (!existsSync(path)) throw new Error(`There is no file "${path}"`)
  return readFileSync(path, 'utf8')
}

/** The four keys that amazon-cloudwatch-agent-ctl prints, and the config files. */
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
