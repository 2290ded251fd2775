import * as v from 'valibot'
import { checkValue, type Source } from '../config/check-config.ts'
import { ConfigError } from '../config/config-error.ts'
import { receiversOff } from '../config/receiver-instances.ts'
import { errorMessage } from '../errors/error-message.ts'
import { addressOf, type CompatConfig, type CompatKey, putAt, valueAt } from './compat-config.ts'

const tracesOnly = 'is not collected: rontgen handles traces only'

/** Every key of the CloudWatch agent's config that concerns traces; sections that do not are listed as a whole. */
export const cloudwatchKeys: readonly CompatKey[] = [
  { key: 'traces.traces_collected.xray', to: 'receive.xray' },
  { key: 'traces.traces_collected.xray.bind_address', to: 'receive.xray.udp' },
  { key: 'traces.traces_collected.xray.tcp_proxy.bind_address', to: 'receive.xray.proxy' },
  {
    key: 'traces.traces_collected.otlp',
    to: 'receive.otlp',
    note: 'in a list, all but the first become receive.otlp.additional',
  },
  { key: 'traces.traces_collected.otlp.grpc_endpoint', to: 'receive.otlp.grpc' },
  { key: 'traces.traces_collected.otlp.http_endpoint', to: 'receive.otlp.http' },
  { key: 'traces.traces_collected.otlp.tls.cert_file', to: 'receive.otlp.*.tls.cert' },
  { key: 'traces.traces_collected.otlp.tls.key_file', to: 'receive.otlp.*.tls.key' },
  {
    key: 'traces.traces_collected.otlp.tls.ca_file',
    to: 'receive.otlp.*.tls.clientCa',
    note: 'the CloudWatch agent ignores it; rontgen then requires a client certificate',
  },
  { key: 'traces.traces_collected.otlp.tls.insecure', note: 'has no effect on a listener' },
  { key: 'traces.traces_collected.otlp.service.name', note: 'is not used for traces' },
  { key: 'traces.traces_collected.otlp.deployment.environment', note: 'is not used for traces' },
  { key: 'traces.traces_collected.app_signals', note: `(Application Signals) ${tracesOnly}` },
  { key: 'traces.traces_collected.application_signals', note: `(Application Signals) ${tracesOnly}` },
  { key: 'traces.concurrency', to: 'export.xray.concurrency' },
  { key: 'traces.buffer_size_mb', to: 'queue.maxMemory', note: 'what does not fit stays on disk' },
  { key: 'traces.resource_arn', to: 'export.xray.resourceArn' },
  { key: 'traces.local_mode', to: 'export.xray.localMode' },
  { key: 'traces.insecure', to: 'export.xray.insecure' },
  { key: 'traces.credentials.role_arn', to: 'export.xray.roleArn' },
  { key: 'traces.proxy_override', to: 'export.xray.proxy' },
  { key: 'traces.endpoint_override', to: 'export.xray.endpoint' },
  { key: 'traces.region_override', to: 'export.xray.region' },
  {
    key: 'traces.transit_spans_in_otlp_format',
    note: 'is not supported: spans are sent as segment documents, which X-Ray shows alike',
  },
  { key: 'agent.region', to: 'export.xray.region', note: 'unless traces.region_override is set' },
  { key: 'agent.credentials.role_arn', to: 'export.xray.roleArn', note: 'unless traces.credentials.role_arn is set' },
  { key: 'agent.debug', to: 'logLevel', note: 'true becomes debug' },
  { key: 'agent.quiet', to: 'logLevel', note: 'true becomes error' },
  { key: 'agent.logfile', to: 'logFile' },
  { key: 'agent.aws_sdk_log_level', note: 'has no effect: use logLevel' },
  { key: 'agent.usage_data', note: 'has no effect: rontgen sends no usage data' },
  { key: 'agent.run_as_user', note: 'has no effect: the service manager chooses the user' },
  { key: 'agent.metrics_collection_interval', note: 'has no effect on traces' },
  { key: 'agent.internal', note: 'has no effect' },
  { key: 'agent.omit_hostname', note: 'has no effect on traces' },
  { key: 'agent.service.name', note: 'has no effect on traces' },
  { key: 'agent.deployment.environment', note: 'has no effect on traces' },
  { key: 'agent.user_agent', note: 'has no effect: rontgen sends its own User-Agent' },
  { key: 'metrics', note: tracesOnly },
  { key: 'logs', note: tracesOnly },
  { key: 'csm', note: tracesOnly },
]

/** The keys of the `traces` section, except those of receivers. */
const tracesKeys = cloudwatchKeys.map(({ key }) => key).filter((key) =>
  key.startsWith('traces.') && !key.startsWith('traces.traces_collected')
)

const address = v.pipe(v.string('an address'), v.minLength(4, 'an address'), v.maxLength(2048, 'an address'))
const name = v.pipe(v.string('a text'), v.nonEmpty('a text'))
const otlp = v.strictObject({
  grpc_endpoint: v.optional(address),
  http_endpoint: v.optional(address),
  tls: v.optional(v.looseObject({
    cert_file: v.optional(name),
    key_file: v.optional(name),
    ca_file: v.optional(name),
    insecure: v.optional(v.boolean('true or false')),
  })),
  'service.name': v.optional(name),
  'deployment.environment': v.optional(name),
})
const credentials = v.strictObject({ role_arn: v.optional(v.pipe(name, v.minLength(20, 'an ARN'))) })
const count = v.pipe(v.number('a number'), v.integer('a whole number'))

const schema = v.looseObject({
  agent: v.optional(v.looseObject({
    region: v.optional(name),
    credentials: v.optional(credentials),
    debug: v.optional(v.boolean('true or false')),
    quiet: v.optional(v.boolean('true or false')),
    logfile: v.optional(v.string('a file name')),
  })),
  traces: v.strictObject({
    traces_collected: v.pipe(
      v.strictObject({
        xray: v.optional(v.strictObject({
          bind_address: v.optional(address),
          tcp_proxy: v.optional(v.strictObject({ bind_address: v.optional(address) })),
        })),
        otlp: v.optional(v.union([v.pipe(v.array(otlp), v.minLength(1)), otlp], 'an object or a list of them')),
        app_signals: v.optional(v.unknown()),
        application_signals: v.optional(v.unknown()),
      }),
      v.check((collected) => Object.keys(collected).length > 0, 'at least one of xray and otlp'),
    ),
    concurrency: v.optional(v.pipe(count, v.minValue(1, 'at least 1'))),
    buffer_size_mb: v.optional(v.pipe(count, v.minValue(3, 'at least 3'))),
    resource_arn: v.optional(name),
    local_mode: v.optional(v.boolean('true or false')),
    insecure: v.optional(v.boolean('true or false')),
    credentials: v.optional(credentials),
    proxy_override: v.optional(address),
    endpoint_override: v.optional(address),
    region_override: v.optional(v.string('a region')),
    transit_spans_in_otlp_format: v.optional(v.boolean('true or false')),
  }),
})

type CloudwatchConfig = v.InferOutput<typeof schema>
type OtlpConfig = v.InferOutput<typeof otlp>
/** Runs a conversion, and records the error that it throws under the key. */
type TryKey = (key: string, convert: () => void) => void

/**
 * Converts the traces part of a CloudWatch agent's config.
 *
 * @param parsed the JSON of the config, merged if it has several files
 * @throws {ConfigError} with every issue
 */
export function fromCloudwatch(parsed: unknown, source: Source): CompatConfig {
  const result = checkValue(schema, parsed, source)
  if ('issues' in result) throw new ConfigError(result.issues)
  const cloudwatch = result.value
  const config: Record<string, unknown> = { export: { xray: {} } }
  const notes = cloudwatchKeys.filter(({ key, to }) => to === undefined && isSet(cloudwatch, key))
    .map(({ key, note }) => `${source.file}: ${key} ${note ?? ''}`)
  const issues: string[] = []
  const tryKey: TryKey = (key, convert) => {
    try {
      convert()
    } catch (error) {
      issues.push(`${source.file}: ${key}: ${errorMessage(error)}`)
    }
  }
  // The schema accepts an empty list as an object without members.
  tryKey('traces.traces_collected.otlp', () => {
    const listed = valueAt(parsed, 'traces.traces_collected.otlp')
    if (Array.isArray(listed) && listed.length === 0) throw new TypeError('the list is empty')
  })
  tryKey('traces.traces_collected', () => putAt(config, 'receive', receiveOf(cloudwatch, tryKey)))
  // Keys of `traces` come last, as they override those of `agent`.
  for (const key of ['agent.region', 'agent.credentials.role_arn', 'agent.logfile', ...tracesKeys]) {
    const value = valueAt(cloudwatch, key)
    const { to } = cloudwatchKeys.find((known) => known.key === key) ?? {}
    if (value === undefined || value === '' || to === undefined) continue
    putAt(config, to, key === 'traces.buffer_size_mb' ? `${String(value)}MiB` : value)
  }
  if (cloudwatch.agent?.quiet === true) putAt(config, 'logLevel', 'error')
  if (cloudwatch.agent?.debug === true) putAt(config, 'logLevel', 'debug')
  if (issues.length > 0) throw new ConfigError(issues)
  return { config, notes }
}

function isSet(cloudwatch: CloudwatchConfig, key: string): boolean {
  const [, otlpKey] = /^traces\.traces_collected\.otlp\.(.*)$/.exec(key) ?? []
  if (otlpKey === undefined) return readDotted(cloudwatch, key) !== undefined
  return otlpListOf(cloudwatch).some((listener) => readDotted(listener, otlpKey) !== undefined)
}

/** Reads a path whose parts may have dots themselves, such as `service.name`. */
function readDotted(object: unknown, path: string): unknown {
  const whole: unknown = Object(object) === object ? Reflect.get(Object(object), path) : undefined
  if (whole !== undefined) return whole
  const dot = path.indexOf('.')
  if (dot === -1) return undefined
  const inner: unknown = Object(object) === object ? Reflect.get(Object(object), path.slice(0, dot)) : undefined
  return inner === undefined ? undefined : readDotted(inner, path.slice(dot + 1))
}

function otlpListOf({ traces }: CloudwatchConfig): readonly OtlpConfig[] {
  const { otlp: listed } = traces.traces_collected
  return listed === undefined ? [] : Array.isArray(listed) ? listed : [listed]
}

function receiveOf(cloudwatch: CloudwatchConfig, tryKey: TryKey): object {
  const { xray } = cloudwatch.traces.traces_collected
  const receive = receiversOff()
  if (xray !== undefined) {
    tryKey('traces.traces_collected.xray.bind_address', () => {
      putAt(receive, 'xray.udp', addressOf(xray.bind_address ?? '127.0.0.1:2000'))
    })
    tryKey('traces.traces_collected.xray.tcp_proxy.bind_address', () => {
      putAt(receive, 'xray.proxy', addressOf(xray.tcp_proxy?.bind_address ?? '127.0.0.1:2000'))
    })
  }
  const pairs = otlpListOf(cloudwatch).map((otlpConfig, i) => {
    let listeners: object = { grpc: false, http: false }
    tryKey(`traces.traces_collected.otlp${i === 0 ? '' : `[${i}]`}`, () => (listeners = listenersOf(otlpConfig)))
    return listeners
  })
  const [first = { grpc: false, http: false }, ...additional] = pairs
  receive['otlp'] = { ...Object(receive['otlp']), ...first, ...(additional.length === 0 ? {} : { additional }) }
  return receive
}

/** A single endpoint turns the other listener off; without any, both listen on their default ports. */
function listenersOf({ grpc_endpoint: grpc, http_endpoint: http, tls }: OtlpConfig): object {
  const isDefault = grpc === undefined && http === undefined
  const secured = tls?.cert_file === undefined || tls.key_file === undefined ? {} : {
    tls: {
      cert: tls.cert_file,
      key: tls.key_file,
      ...(tls.ca_file === undefined ? {} : { clientCa: tls.ca_file }),
    },
  }
  if ((tls?.cert_file === undefined) !== (tls?.key_file === undefined)) {
    throw new TypeError('tls must have both cert_file and key_file')
  }
  const listener = (endpoint: string | undefined, defaultEndpoint: string): object | false =>
    endpoint === undefined && !isDefault ? false : { ...addressOf(endpoint ?? defaultEndpoint), ...secured }
  return { grpc: listener(grpc, '127.0.0.1:4317'), http: listener(http, '127.0.0.1:4318') }
}

/** Merges the files of a config as the CloudWatch agent does. @throws {ConfigError} if two files set a key differently */
export function mergeCloudwatch(files: readonly { readonly file: string; readonly json: unknown }[]): unknown {
  const issues: string[] = []
  const merge = (a: unknown, b: unknown, path: string, file: string): unknown => {
    if (a === undefined || JSON.stringify(a) === JSON.stringify(b)) return b
    if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b]
    if (Object(a) === a && Object(b) === b && !Array.isArray(a) && !Array.isArray(b)) {
      const merged: Record<string, unknown> = { ...Object(a) }
      for (const [key, value] of Object.entries(Object(b))) {
        merged[key] = merge(merged[key], value, path === '' ? key : `${path}.${key}`, file)
      }
      return merged
    }
    issues.push(`${file}: ${path} is ${JSON.stringify(b)}, and ${JSON.stringify(a)} in an earlier file`)
    return a
  }
  const merged = files.reduce<unknown>((all, { file, json }) => merge(all, json, '', file), undefined)
  if (issues.length > 0) throw new ConfigError(issues)
  return merged
}
