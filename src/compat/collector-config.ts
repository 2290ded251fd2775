import { parse } from 'yaml'
import { ConfigError } from '../config/config-error.ts'
import { receiversOff } from '../config/receiver-instances.ts'
import { addressOf, type CompatConfig, putAt, valueAt } from './compat-config.ts'

/** Keys of the Collector's exporter to X-Ray, and ours. */
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
/** Parts whose work is done here anyway. */
const needless = /^(batch|memory_limiter|health_check|awsproxy)(\/|$)/

/**
 * What the OpenTelemetry Collector would do with traces for X-Ray, in our words.
 *
 * @throws {ConfigError} if it brings nothing to X-Ray
 */
export function fromCollector(yaml: string, file: string): CompatConfig {
  const parsed: unknown = parse(yaml)
  const part = (name: string): Record<string, unknown> => Object(valueAt(parsed, name))
  const config: Record<string, unknown> = {
    receive: receiversOff(),
  }
  const notes: string[] = []
  const note = (key: string, why: string): void => void notes.push(`${file}: ${key} ${why}`)
  const exporters = Object.entries(part('exporters')).filter(([name]) => /^awsxray(\/|$)/.test(name))
  const [first, ...others] = exporters
  if (first === undefined) throw new ConfigError([`${file}: it has no exporter to X-Ray (awsxray)`])
  putAt(config, 'export.xray', {})
  for (const [key, value] of Object.entries(flat(Object(first[1])))) {
    const to = exporterKeys[key]
    if (to !== undefined) putAt(config, to, value)
    else if (key === 'request_timeout_seconds') putAt(config, 'export.xray.timeout', `${String(value)}s`)
    else note(`exporters.${first[0]}.${key}`, 'has no counterpart')
  }
  for (const [name] of others) note(`exporters.${name}`, 'is a second one: run a second rontgen for it')
  for (const [name, value] of Object.entries(part('receivers'))) receiverOf(name, value, config, note)
  for (const name of Object.keys(part('processors'))) {
    if (!needless.test(name)) note(`processors.${name}`, 'is not done here')
  }
  for (const name of Object.keys(part('exporters'))) {
    if (!/^awsxray(\/|$)/.test(name)) {
      note(`exporters.${name}`, 'is not done here: rontgen brings traces to X-Ray alone')
    }
  }
  for (const name of Object.keys(part('extensions'))) {
    if (!needless.test(name)) note(`extensions.${name}`, 'has no counterpart')
  }
  for (const name of Object.keys(part('service.pipelines'))) {
    if (!/^traces(\/|$)/.test(name)) {
      note(`service.pipelines.${name}`, 'is not collected here: rontgen takes traces alone')
    }
  }
  return { config, notes }
}

function receiverOf(
  name: string,
  value: unknown,
  config: Record<string, unknown>,
  note: (key: string, why: string) => void,
): void {
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

function flat(value: Record<string, unknown>, path = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
      const name = path === '' ? key : `${path}.${key}`
      const isObject = Object(inner) === inner && !Array.isArray(inner)
      return isObject ? Object.entries(flat(Object(inner), name)) : [[name, inner]]
    }),
  )
}
