import { errorMessage } from '../errors/error-message.ts'
import * as v from 'valibot'
import { parse } from 'yaml'
import { checkValue } from '../config/check-config.ts'
import { ConfigError } from '../config/config-error.ts'
import { receiversOff } from '../config/receiver-instances.ts'
import { addressOf, type CompatConfig, type CompatKey, putAt, valueAt } from './compat-config.ts'

/** Where the X-Ray daemon looks for its config. */
export const daemonPlaces: readonly string[] = ['/etc/amazon/xray/cfg.yaml', 'cfg.yaml']

/** Every key of the X-Ray daemon's cfg.yaml. */
export const daemonKeys: readonly CompatKey[] = [
  { key: 'Version', said: '1 and 2 are read' },
  { key: 'Socket.UDPAddress', to: 'receive.xray.udp' },
  { key: 'Socket.TCPAddress', to: 'receive.xray.proxy' },
  { key: 'Region', to: 'export.xray.region' },
  { key: 'Endpoint', to: 'export.xray.endpoint' },
  { key: 'RoleARN', to: 'export.xray.roleArn' },
  { key: 'ResourceARN', to: 'export.xray.resourceArn' },
  { key: 'ProxyAddress', to: 'export.xray.proxy' },
  { key: 'NoVerifySSL', to: 'export.xray.insecure' },
  { key: 'LocalMode', to: 'export.xray.localMode' },
  { key: 'Concurrency', to: 'export.xray.concurrency' },
  { key: 'TotalBufferSizeMB', to: 'queue.maxMemory', said: 'what does not fit waits on disk' },
  { key: 'Logging.LogPath', to: 'logFile' },
  { key: 'Logging.LogLevel', to: 'logLevel' },
  { key: 'Logging.LogRotation', to: 'logRotation' },
  { key: 'ProxyServer', said: 'ProxyServer is set by no config of the daemon either: its limits are fixed there' },
  { key: 'CPUProfile', said: 'CPUProfile wrote a profile of the daemon itself; use /metrics' },
  { key: 'MemProfile', said: 'MemProfile wrote a profile of the daemon itself; use /metrics' },
]

const text = v.optional(v.nullable(v.string('a text')))
const flag = v.optional(v.nullable(v.boolean('true or false')))
const number = v.optional(v.nullable(v.pipe(v.number('a number'), v.integer('a whole number'))))

const schema = v.strictObject({
  Version: v.union([v.literal(1), v.literal(2)], 'the number 1 or 2'),
  Socket: v.optional(v.nullable(v.strictObject({ UDPAddress: text, TCPAddress: text }))),
  Region: text,
  Endpoint: text,
  RoleARN: text,
  ResourceARN: text,
  ProxyAddress: text,
  NoVerifySSL: flag,
  LocalMode: flag,
  Concurrency: number,
  TotalBufferSizeMB: v.optional(
    v.nullable(v.pipe(v.number('a number'), v.check((size) => size === 0 || size >= 3, 'a number of 3 or more, or 0'))),
  ),
  Logging: v.optional(v.nullable(v.strictObject({ LogPath: text, LogLevel: text, LogRotation: flag }))),
  ProxyServer: v.optional(v.unknown()),
  CPUProfile: text,
  MemProfile: text,
})

/** The daemon's log levels in ours. */
const levels: Readonly<Record<string, string>> = {
  trace: 'debug',
  dev: 'debug',
  debug: 'debug',
  info: 'info',
  prod: 'info',
  warn: 'warn',
  error: 'error',
}

/** Values of the daemon's config by their keys, as its file or its flags give them. */
export type DaemonValues = ReadonlyMap<string, unknown>

/** Reads cfg.yaml. @throws {ConfigError} with every issue */
export function readDaemonYaml(yaml: string, file: string): DaemonValues {
  let parsed: unknown
  try {
    parsed = parse(yaml)
  } catch (cause) {
    throw new ConfigError([`${file}: it is no YAML: ${cause instanceof Error ? cause.message.split('\n')[0] : ''}`], {
      cause,
    })
  }
  const result = checkValue(schema, parsed ?? {}, { file, text: yaml })
  if ('issues' in result) throw new ConfigError(result.issues)
  return new Map(daemonKeys.map(({ key }) => [key, valueAt(result.value, key)]))
}

/**
 * What the X-Ray daemon would do, in our words: its ports and no others, and everything goes to AWS.
 *
 * @param values those of flags after those of the file
 * @throws {ConfigError} with every issue
 */
export function fromDaemon(values: readonly DaemonValues[], file: string): CompatConfig {
  const all = new Map(values.flatMap((map) => [...map].filter(([, value]) => value !== undefined && value !== null)))
  const config: Record<string, unknown> = {
    receive: receiversOff(),
    export: { xray: {} },
  }
  putAt(config, 'receive.xray.udp', {})
  putAt(config, 'receive.xray.proxy', {})
  const notes: string[] = []
  const issues: string[] = []
  for (const { key, to, said } of daemonKeys) {
    const value = all.get(key)
    // Empty texts and zeros are how the daemon writes what is not set.
    if (value === undefined || value === '' || value === 0 || key === 'Version') continue
    if (to === undefined) notes.push(`${file}: ${said ?? key}`)
    else {
      try {
        putAt(config, to, convert(key, value))
      } catch (error) {
        issues.push(`${file}: ${key}: ${errorMessage(error)}`)
      }
    }
  }
  if (issues.length > 0) throw new ConfigError(issues)
  return { config, notes }
}

function convert(key: string, value: unknown): unknown {
  switch (key) {
    case 'Socket.UDPAddress':
    case 'Socket.TCPAddress':
      return addressOf(String(value))
    case 'TotalBufferSizeMB':
      if (Number(value) < 3) throw new TypeError('it is to be 3 or more')
      return `${String(value)}MiB`
    case 'Logging.LogLevel': {
      const level = levels[String(value).toLowerCase()]
      if (level === undefined) throw new TypeError(`"${String(value)}" is none of ${Object.keys(levels).join(', ')}`)
      return level
    }
    default:
      return value
  }
}
