import { isDeepStrictEqual } from 'node:util'
import { exporterList } from '../export/exporter-list.ts'
import { putAt, valueAt } from './compat-config.ts'

/** Keys of the Collector's awsxray exporter, and their counterparts in ours. */
const exporterKeys: Readonly<Record<string, string>> = {
  num_workers: 'concurrency',
  endpoint: 'endpoint',
  no_verify_ssl: 'insecure',
  proxy_address: 'proxy',
  region: 'region',
  local_mode: 'localMode',
  resource_arn: 'resourceArn',
  role_arn: 'roleArn',
  external_id: 'externalId',
  certificate_file_path: 'caFile',
  'telemetry.enabled': 'telemetry',
}
/** Keys of the Collector's awsxray exporter that hold for all exporters here. */
const translateKeys: Readonly<Record<string, string>> = {
  indexed_attributes: 'translate.indexedAttributes',
  index_all_attributes: 'translate.indexAllAttributes',
  aws_log_groups: 'translate.logGroups',
}
/** Exporters of the Collector that print. */
const printing = /^(debug|logging)(\/|$)/

/** Notes what has no counterpart. */
export type Note = (key: string, text: string) => void

/**
 * Converts the awsxray exporters of a Collector's config that its pipelines use: the first one becomes `xray`, each
 * further one an exporter under the name after its slash.
 *
 * @returns the `export` section, and the `translate` section if an exporter has something of it
 * @throws {TypeError} if there is no awsxray exporter
 */
export function collectorExporters(parsed: unknown, note: Note): { export: object; translate?: object } {
  const all: Record<string, unknown> = Object(valueAt(parsed, 'exporters'))
  const names = usedExporters(Object.keys(all), parsed, note)
  const config: Record<string, unknown> = {}
  const exporters: Record<string, unknown> = {}
  for (const [i, name] of names.entries()) {
    const settings: Record<string, unknown> = i === 0 ? {} : { type: 'xray' }
    exporters[i === 0 ? 'xray' : freeName(name, exporters)] = settings
    for (const [key, value] of Object.entries(flatten(Object(all[name])))) {
      if (value === '' || value === null) continue // the Collector's way to write its default
      const [to, translateTo] = [exporterKeys[key], translateKeys[key]]
      if (to !== undefined) settings[to] = value
      else if (key === 'request_timeout_seconds') settings['timeout'] = `${String(value)}s`
      else if (translateTo === undefined) note(`exporters.${name}.${key}`, 'has no counterpart')
      else if (i === 0) putAt(config, translateTo, value)
    }
    if (i > 0) noteTranslation(name, all[name], names[0] ?? '', config, note)
  }
  for (const name of Object.keys(all).filter((key) => !isXray(key))) {
    const hint = printing.test(name) ? ': to print traces, set export.console' : ''
    note(`exporters.${name}`, `has no counterpart${hint}`)
  }
  return { ...config, export: exporters }
}

/** The awsxray exporters that are in a pipeline for traces, the one without a name first; all of them if none is. */
function usedExporters(all: readonly string[], parsed: unknown, note: Note): string[] {
  const xrays = all.filter(isXray).toSorted((a, b) => Number(b === 'awsxray') - Number(a === 'awsxray'))
  if (xrays.length === 0) throw new TypeError('it has no awsxray exporter')
  const pipelines = Object.entries<unknown>(Object(valueAt(parsed, 'service.pipelines')))
    .filter(([name]) => /^traces(\/|$)/.test(name))
    .map(([name, pipeline]) => ({ name, exporters: namesIn(valueAt(pipeline, 'exporters')).filter(isXray) }))
    .filter(({ exporters }) => exporters.length > 0)
  if (pipelines.length === 0) return xrays
  const used = xrays.filter((name) => pipelines.some(({ exporters }) => exporters.includes(name)))
  for (const name of xrays.filter((key) => !used.includes(key))) {
    note(`exporters.${name}`, 'is left out: no pipeline for traces has it')
  }
  for (const { name, exporters } of pipelines) {
    const others = used.filter((key) => !exporters.includes(key))
    if (others.length === 0) continue
    note(`service.pipelines.${name}`, `does not go to ${others.join(', ')}; here every trace goes to every exporter`)
  }
  return used.length === 0 ? xrays : used
}

function isXray(name: string): boolean {
  return /^awsxray(\/|$)/.test(name)
}

function namesIn(list: unknown): string[] {
  return Array.isArray(list) ? list.map(String) : []
}

/** A name for a further exporter: what is after the slash, as far as a config may have such a name and it is free. */
function freeName(name: string, taken: object): string {
  const wanted = name.slice(name.indexOf('/') + 1).trim().replace(/[^\w-]+/g, '-')
  const isOurs = !/^[a-zA-Z]/.test(wanted) || wanted in {} || exporterList.some((exporter) => exporter.name === wanted)
  const base = isOurs ? `xray-${wanted}` : wanted
  let free = base
  for (let i = 2; free in taken; i++) free = `${base}-${i}`
  return free
}

/** Notes the settings of translation that a further exporter has, and the config has not. */
function noteTranslation(name: string, settings: unknown, first: string, config: object, note: Note): void {
  for (const [key, to] of Object.entries(translateKeys)) {
    const [value, inForce] = [valueAt(settings, key), valueAt(config, to)]
    if (isDeepStrictEqual(value ?? undefined, inForce ?? undefined)) continue
    note(`exporters.${name}.${key}`, `has no counterpart: ${to} holds for all exporters, and is that of ${first}`)
  }
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
