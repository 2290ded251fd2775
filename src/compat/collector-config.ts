import { parse } from 'yaml'
import { ConfigError } from '../config/config-error.ts'
import { receiversOff } from '../config/receiver-instances.ts'
import { addressOf, type CompatConfig, putAt, valueAt } from './compat-config.ts'

/** Keys of the Collector's awsxray exporter, and their counterparts. */
const exporterKeys: Readonly<Record<string, string>> = {
  num_workers: 'export.xray.concurrency',
  endpoint: 'export.xray.endpoint',
  no_verify_ssl: 'export.xray.insecure',
  proxy_address: 'export.xray.proxy',
  region: 'export.xray.region',
  local_mode: 'export.xray.localMode',
  resource_arn: 'export.xray.resourceArn',
  role_arn: 'export.xray.roleArn',
  external_id: 'export.xray.externalId',
  certificate_file_path: 'export.xray.caFile',
  indexed_attributes: 'translate.indexedAttributes',
  index_all_attributes: 'translate.indexAllAttributes',
  aws_log_groups: 'translate.logGroups',
  'telemetry.enabled': 'export.xray.telemetry',
}
/** Components that rontgen needs no counterpart for. */
const builtIn = /^(batch|memory_limiter|health_check|awsproxy)(\/|$)/

/** Notes what has no counterpart. */
type Note = (key: string, text: string) => void

/**
 * Converts what belongs to X-Ray of an OpenTelemetry Collector's config.
 *
 * @throws {ConfigError} if it has no awsxray exporter
 */
export function fromCollector(yaml: string, file: string): CompatConfig {
  const parsed: unknown = parse(yaml)
  const section = (path: string): Record<string, unknown> => Object(valueAt(parsed, path))
  const config: Record<string, unknown> = { receive: receiversOff() }
  const notes: string[] = []
  const note: Note = (key, text) => void notes.push(`${file}: ${key} ${text}`)
  const [first, ...others] = Object.entries(section('exporters')).filter(([name]) => /^awsxray(\/|$)/.test(name))
  if (first === undefined) throw new ConfigError([`${file}: it has no awsxray exporter`])
  putAt(config, 'export.xray', {})
  for (const [key, value] of Object.entries(flatten(Object(first[1])))) {
    const to = exporterKeys[key]
    if (to !== undefined) putAt(config, to, value)
    else if (key === 'request_timeout_seconds') putAt(config, 'export.xray.timeout', `${String(value)}s`)
    else note(`exporters.${first[0]}.${key}`, 'has no counterpart')
  }
  for (const [name] of others) note(`exporters.${name}`, 'is a second awsxray exporter: run another rontgen for it')
  for (const [name, value] of Object.entries(section('receivers'))) putReceiver(config, name, value, note)
  for (const name of Object.keys(section('processors'))) {
    if (!builtIn.test(name)) note(`processors.${name}`, 'has no counterpart')
  }
  for (const name of Object.keys(section('exporters'))) {
    if (!/^awsxray(\/|$)/.test(name)) {
      note(`exporters.${name}`, 'has no counterpart: rontgen exports to X-Ray only')
    }
  }
  for (const name of Object.keys(section('extensions'))) {
    if (!builtIn.test(name)) note(`extensions.${name}`, 'has no counterpart')
  }
  for (const name of Object.keys(section('service.pipelines'))) {
    if (!/^traces(\/|$)/.test(name)) {
      note(`service.pipelines.${name}`, 'has no counterpart: rontgen handles traces only')
    }
  }
  return { config, notes }
}

function putReceiver(config: Record<string, unknown>, name: string, value: unknown, note: Note): void {
  if (/^otlp(\/|$)/.test(name)) {
    for (const protocol of ['grpc', 'http'] as const) {
      const settings = valueAt(value, `protocols.${protocol}`)
      if (settings === undefined) continue
      const endpoint = valueAt(settings, 'endpoint')
      const { host, port } = addressOf(String(endpoint ?? `localhost:${protocol === 'grpc' ? 4317 : 4318}`))
      const [cert, key, clientCa] = ['cert_file', 'key_file', 'client_ca_file'].map((file) =>
        valueAt(settings, `tls.${file}`)
      )
      const origins = valueAt(settings, 'cors.allowed_origins')
      putAt(config, `receive.otlp.${protocol}`, {
        host,
        port,
        ...(cert === undefined || key === undefined
          ? {}
          : { tls: { cert, key, ...(clientCa === undefined ? {} : { clientCa }) } }),
        ...(Array.isArray(origins) && protocol === 'http' ? { allowedOrigins: origins } : {}),
      })
    }
  } else if (/^awsxray(\/|$)/.test(name)) {
    putAt(config, 'receive.xray.udp', addressOf(String(valueAt(value, 'endpoint') ?? '127.0.0.1:2000')))
    putAt(config, 'receive.xray.proxy', addressOf(String(valueAt(value, 'proxy_server.endpoint') ?? '127.0.0.1:2000')))
  } else note(`receivers.${name}`, 'has no counterpart')
}

/** The values of nested objects by their paths, such as `telemetry.enabled`. */
function flatten(value: Record<string, unknown>, path = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
      const name = path === '' ? key : `${path}.${key}`
      const isObject = Object(inner) === inner && !Array.isArray(inner)
      return isObject ? Object.entries(flatten(Object(inner), name)) : [[name, inner]]
    }),
  )
}
