import { errorMessage } from '../errors/error-message.ts'
import * as v from 'valibot'
import { checkValue, type Source } from '../config/check-config.ts'
import { ConfigError } from '../config/config-error.ts'
import { receiversOff } from '../config/receiver-instances.ts'
import { addressOf, type CompatConfig, type CompatKey, putAt, valueAt } from './compat-config.ts'

const notCollected = 'is not collected here: rontgen takes traces alone'

/** Every key of the CloudWatch agent's config that has to do with traces; those of other sections as a whole. */
export const cloudwatchKeys: readonly CompatKey[] = [
  { key: 'traces.traces_collected.xray', to: 'receive.xray' },
  { key: 'traces.traces_collected.xray.bind_address', to: 'receive.xray.udp' },
  { key: 'traces.traces_collected.xray.tcp_proxy.bind_address', to: 'receive.xray.proxy' },
  {
    key: 'traces.traces_collected.otlp',
    to: 'receive.otlp',
    said: 'of a list the others become receive.otlp.additional',
  },
  { key: 'traces.traces_collected.otlp.grpc_endpoint', to: 'receive.otlp.grpc' },
  { key: 'traces.traces_collected.otlp.http_endpoint', to: 'receive.otlp.http' },
  { key: 'traces.traces_collected.otlp.tls.cert_file', to: 'receive.otlp.*.tls.cert' },
  { key: 'traces.traces_collected.otlp.tls.key_file', to: 'receive.otlp.*.tls.key' },
  {
    key: 'traces.traces_collected.otlp.tls.ca_file',
    to: 'receive.otlp.*.tls.clientCa',
    said: 'the CloudWatch agent does not read it; here clients must then show a certificate',
  },
  { key: 'traces.traces_collected.otlp.tls.insecure', said: 'means nothing for a listener' },
  { key: 'traces.traces_collected.otlp.service.name', said: 'is not used for traces' },
  { key: 'traces.traces_collected.otlp.deployment.environment', said: 'is not used for traces' },
  { key: 'traces.traces_collected.app_signals', said: `(Application Signals) ${notCollected}` },
  { key: 'traces.traces_collected.application_signals', said: `(Application Signals) ${notCollected}` },
  { key: 'traces.concurrency', to: 'export.xray.concurrency' },
  { key: 'traces.buffer_size_mb', to: 'queue.maxMemory', said: 'what does not fit waits on disk' },
  { key: 'traces.resource_arn', to: 'export.xray.resourceArn' },
  { key: 'traces.local_mode', to: 'export.xray.localMode' },
  { key: 'traces.insecure', to: 'export.xray.insecure' },
  { key: 'traces.credentials.role_arn', to: 'export.xray.roleArn' },
  { key: 'traces.proxy_override', to: 'export.xray.proxy' },
  { key: 'traces.endpoint_override', to: 'export.xray.endpoint' },
  { key: 'traces.region_override', to: 'export.xray.region' },
  {
    key: 'traces.transit_spans_in_otlp_format',
    said: 'is not done: spans are sent as segment documents, which X-Ray shows alike',
  },
  { key: 'agent.region', to: 'export.xray.region', said: 'unless traces.region_override is set' },
  { key: 'agent.credentials.role_arn', to: 'export.xray.roleArn', said: 'unless traces.credentials.role_arn is set' },
  { key: 'agent.debug', to: 'logLevel', said: 'true is debug' },
  { key: 'agent.quiet', to: 'logLevel', said: 'true is error' },
  { key: 'agent.logfile', to: 'logFile' },
  { key: 'agent.aws_sdk_log_level', said: 'means nothing here: use logLevel' },
  { key: 'agent.usage_data', said: 'means nothing here: no usage data are sent' },
  { key: 'agent.run_as_user', said: 'is not done: the service manager chooses the user' },
  { key: 'agent.metrics_collection_interval', said: 'means nothing for traces' },
  { key: 'agent.internal', said: 'means nothing here' },
  { key: 'agent.omit_hostname', said: 'means nothing for traces' },
  { key: 'agent.service.name', said: 'means nothing for traces' },
  { key: 'agent.deployment.environment', said: 'means nothing for traces' },
  { key: 'agent.user_agent', said: 'is not taken over: rontgen names itself' },
  { key: 'metrics', said: notCollected },
  { key: 'logs', said: notCollected },
  { key: 'csm', said: notCollected },
]

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

type Cloudwatch = v.InferOutput<typeof schema>
type Otlp = v.InferOutput<typeof otlp>

/**
 * What the CloudWatch agent would do with traces, in our words.
 *
 * @param parsed the JSON of its config, of several files merged
 * @throws {ConfigError} with every issue
 */
export function fromCloudwatch(parsed: unknown, source: Source): CompatConfig {
  const result = checkValue(schema, parsed, source)
  if ('issues' in result) throw new ConfigError(result.issues)
  const own = result.value
  const config: Record<string, unknown> = { export: { xray: {} } }
  const notes = cloudwatchKeys.filter(({ key, to }) => to === undefined && isSet(own, key)).map(({ key, said }) =>
    `${source.file}: ${key} ${said ?? ''}`
  )
  const issues: string[] = []
  const attempt = (key: string, act: () => void): void => {
    try {
      act()
    } catch (error) {
      issues.push(`${source.file}: ${key}: ${errorMessage(error)}`)
    }
  }
  // An empty list passes for an object without members.
  attempt('traces.traces_collected.otlp', () => {
    const listed = valueAt(parsed, 'traces.traces_collected.otlp')
    if (Array.isArray(listed) && listed.length === 0) throw new TypeError('the list is empty')
  })
  attempt('traces.traces_collected', () => putAt(config, 'receive', receiveOf(own, attempt)))
  // Later ones win: what stands in `traces` goes before what stands in `agent`.
  for (const key of ['agent.region', 'agent.credentials.role_arn', 'agent.logfile', ...tracesKeys]) {
    const value = valueAt(own, key)
    const { to } = cloudwatchKeys.find((one) => one.key === key) ?? {}
    if (value === undefined || value === '' || to === undefined) continue
    putAt(config, to, key === 'traces.buffer_size_mb' ? `${String(value)}MiB` : value)
  }
  if (own.agent?.quiet === true) putAt(config, 'logLevel', 'error')
  if (own.agent?.debug === true) putAt(config, 'logLevel', 'debug')
  if (issues.length > 0) throw new ConfigError(issues)
  return { config, notes }
}

const tracesKeys = cloudwatchKeys.map(({ key }) => key).filter((key) =>
  key.startsWith('traces.') && !key.startsWith('traces.traces_collected')
)

/** Keys with a dot in their name are read as they stand. */
function isSet(own: Cloudwatch, key: string): boolean {
  const listed = /^traces\.traces_collected\.otlp\.(.*)$/.exec(key)
  if (listed !== null) return otlpOf(own).some((one) => readDotted(one, listed[1] ?? '') !== undefined)
  return readDotted(own, key) !== undefined
}

function readDotted(object: unknown, path: string): unknown {
  const whole: unknown = Object(object) === object ? Reflect.get(Object(object), path) : undefined
  if (whole !== undefined) return whole
  const dot = path.indexOf('.')
  if (dot === -1) return undefined
  const inner: unknown = Object(object) === object ? Reflect.get(Object(object), path.slice(0, dot)) : undefined
  return inner === undefined ? undefined : readDotted(inner, path.slice(dot + 1))
}

function otlpOf({ traces }: Cloudwatch): readonly Otlp[] {
  const { otlp: listed } = traces.traces_collected
  return listed === undefined ? [] : Array.isArray(listed) ? listed : [listed]
}

function receiveOf(own: Cloudwatch, attempt: (key: string, act: () => void) => void): object {
  const { xray } = own.traces.traces_collected
  const receive = receiversOff()
  if (xray !== undefined) {
    attempt('traces.traces_collected.xray.bind_address', () => {
      putAt(receive, 'xray.udp', addressOf(xray.bind_address ?? '127.0.0.1:2000'))
    })
    attempt('traces.traces_collected.xray.tcp_proxy.bind_address', () => {
      putAt(receive, 'xray.proxy', addressOf(xray.tcp_proxy?.bind_address ?? '127.0.0.1:2000'))
    })
  }
  const listeners = otlpOf(own).map((one, i) => {
    let made: object = { grpc: false, http: false }
    attempt(`traces.traces_collected.otlp${i === 0 ? '' : `[${i}]`}`, () => (made = listenersOf(one)))
    return made
  })
  const [first = { grpc: false, http: false }, ...additional] = listeners
  receive['otlp'] = { ...Object(receive['otlp']), ...first, ...(additional.length === 0 ? {} : { additional }) }
  return receive
}

/** One endpoint alone turns the other off; none means both, where they always are. */
function listenersOf({ grpc_endpoint: grpc, http_endpoint: http, tls }: Otlp): object {
  const isDefault = grpc === undefined && http === undefined
  const secured = tls?.cert_file === undefined || tls.key_file === undefined ? {} : {
    tls: {
      cert: tls.cert_file,
      key: tls.key_file,
      ...(tls.ca_file === undefined ? {} : { clientCa: tls.ca_file }),
    },
  }
  if ((tls?.cert_file === undefined) !== (tls?.key_file === undefined)) {
    throw new TypeError('tls has cert_file or key_file alone; it needs both')
  }
  const listener = (endpoint: string | undefined, usual: string): object | false =>
    endpoint === undefined && !isDefault ? false : { ...addressOf(endpoint ?? usual), ...secured }
  return { grpc: listener(grpc, '127.0.0.1:4317'), http: listener(http, '127.0.0.1:4318') }
}

/** Merges configs of several files as the CloudWatch agent does. @throws {ConfigError} where two say different things */
export function mergeCloudwatch(files: readonly { readonly file: string; readonly json: unknown }[]): unknown {
  const issues: string[] = []
  const merge = (a: unknown, b: unknown, path: string, file: string): unknown => {
    if (a === undefined || JSON.stringify(a) === JSON.stringify(b)) return b
    if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b]
    if (Object(a) === a && Object(b) === b && !Array.isArray(a) && !Array.isArray(b)) {
      const both: Record<string, unknown> = { ...Object(a) }
      for (const [key, value] of Object.entries(Object(b))) {
        both[key] = merge(both[key], value, path === '' ? key : `${path}.${key}`, file)
      }
      return both
    }
    issues.push(`${file}: ${path} is ${JSON.stringify(b)}, and ${JSON.stringify(a)} in a file before it`)
    return a
  }
  const merged = files.reduce<unknown>((all, { file, json }) => merge(all, json, '', file), undefined)
  if (issues.length > 0) throw new ConfigError(issues)
  return merged
}
