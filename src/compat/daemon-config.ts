import * as v from 'valibot'
import { parse } from 'yaml'
import { checkValue } from '../config/check-config.ts'
import { ConfigError } from '../config/config-error.ts'
import { receiversOff } from '../config/receiver-instances.ts'
import { errorMessage } from '../errors/error-message.ts'
import { addressOf, type CompatConfig, type CompatKey, putAt, valueAt } from './compat-config.ts'

/** The paths where the X-Ray daemon looks for its config. */
export const daemonConfigPaths: readonly string[] = ['/etc/amazon/xray/cfg.yaml', 'cfg.yaml']

/** Every key of the X-Ray daemon's cfg.yaml. */
export const daemonKeys: readonly CompatKey[] = [
  { key: 'Version', note: '1 and 2 are supported' },
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
  { key: 'TotalBufferSizeMB', to: 'queue.maxMemory', note: 'what does not fit stays on disk' },
  { key: 'Logging.LogPath', to: 'logFile' },
  { key: 'Logging.LogLevel', to: 'logLevel' },
  { key: 'Logging.LogRotation', to: 'logRotation' },
  { key: 'ProxyServer', note: 'has no effect in the daemon either' },
  { key: 'CPUProfile', note: 'has no effect: it profiles the daemon itself; use /metrics' },
  { key: 'MemProfile', note: 'has no effect: it profiles the daemon itself; use /metrics' },
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

/** The daemon's log levels, and their counterparts. */
const levels: Readonly<Record<string, string>> = {
  trace: 'debug',
  dev: 'debug',
  debug: 'debug',
  info: 'info',
  prod: 'info',
  warn: 'warn',
  error: 'error',
}

/** Values of the daemon's config by key, as its file or its flags set them. */
export type DaemonValues = ReadonlyMap<string, unknown>

/** Parses cfg.yaml. @throws {ConfigError} with every issue */
export function readDaemonYaml(yaml: string, file: string): DaemonValues {
  let parsed: unknown
  try {
    parsed = parse(yaml)
  } catch (cause) {
    throw new ConfigError([`${file}: not valid YAML: ${errorMessage(cause).split('\n')[0]}`], { cause })
  }
  const result = checkValue(schema, parsed ?? {}, { file, text: yaml })
  if ('issues' in result) throw new ConfigError(result.issues)
  return new Map(daemonKeys.map(({ key }) => [key, valueAt(result.value, key)]))
}

/**
 * Converts a config of the X-Ray daemon: it has the daemon's two listeners only, and sends to AWS.
 *
 * @param values later ones override earlier ones
 * @throws {ConfigError} with every issue
 */
export function fromDaemon(values: readonly DaemonValues[], file: string): CompatConfig {
  const merged = new Map(values.flatMap((map) => [...map].filter(([, value]) => value !== undefined && value !== null)))
  const config: Record<string, unknown> = { receive: receiversOff(), export: { xray: {} } }
  putAt(config, 'receive.xray.udp', {})
  putAt(config, 'receive.xray.proxy', {})
  const notes: string[] = []
  const issues: string[] = []
  for (const { key, to, note } of daemonKeys) {
    const value = merged.get(key)
    // To the daemon an empty text and 0 mean that a key is not set.
    if (value === undefined || value === '' || value === 0 || key === 'Version') continue
    if (to === undefined) notes.push(`${file}: ${key} ${note ?? ''}`)
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
      if (Number(value) < 3) throw new TypeError('it must be 3 or more')
      return `${String(value)}MiB`
    case 'Logging.LogLevel': {
      const level = levels[String(value).toLowerCase()]
      if (level === undefined) {
        throw new TypeError(`"${String(value)}" must be one of ${Object.keys(levels).join(', ')}`)
      }
      return level
    }
    default:
      return value
  }
}
