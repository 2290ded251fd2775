import { parse } from 'yaml'
import { ConfigError } from '../config/config-error.ts'
import { receiversOff } from '../config/receiver-instances.ts'
import { errorMessage } from '../errors/error-message.ts'
import { collectorExporters, type Note } from './collector-exporters.ts'
import { addressOf, type CompatConfig, putAt, valueAt } from './compat-config.ts'

/** Components that rontgen needs no counterpart for. */
const builtIn = /^(batch|memory_limiter|health_check|awsproxy)(\/|$)/

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
  try {
    Object.assign(config, collectorExporters(parsed, note))
  } catch (cause) {
    throw new ConfigError([`${file}: ${errorMessage(cause)}`], { cause })
  }
  for (const [name, value] of Object.entries(section('receivers'))) putReceiver(config, name, value, note)
  for (const name of Object.keys(section('processors'))) {
    if (!builtIn.test(name)) note(`processors.${name}`, 'has no counterpart')
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
