import type { ComponentOption } from '../component/component-option.ts'
import type { Exporter } from '../component/exporter.ts'
import type { Receiver } from '../component/receiver.ts'
import { exporterList } from '../export/exporter-list.ts'
import { receiverList } from '../receive/receiver-list.ts'
import { ConfigError } from './config-error.ts'
import { listOf } from './list-of.ts'

/** A flag and an environment variable by which operators override the config on one host. */
export interface OverrideOption extends Omit<ComponentOption, 'key'> {
  readonly env: string
  /** The paths in the config that it sets. */
  readonly paths: readonly string[]
}

/** A value for a path of the config. */
export interface Override {
  readonly path: string
  readonly value: unknown
  /** The flag or variable that sets it. */
  readonly source: string
}

/** Every override, in the order of `--help`. */
export const overrideOptions: readonly OverrideOption[] = [
  ...exporterList.filter(({ leavesMachine }) => leavesMachine).flatMap(exporterOptions),
  option(
    'host',
    'text',
    'ADDRESS',
    'address for every receiver to listen on',
    receiverList.filter(has('host')).map(pathTo('host')),
  ),
  ...receiverList.filter(has('port')).map((receiver) =>
    option(
      `${receiver.name.replaceAll('.', '-')}-port`,
      'number',
      'PORT',
      `port of ${receiver.label}`,
      [pathTo('port')(receiver)],
    )
  ),
  option('admin-port', 'number', 'PORT', 'port for status, metrics and the web page', ['admin.port']),
  option('queue-dir', 'text', 'DIR', 'folder of the spool', ['queue.dir']),
  ...exporterList.filter(({ leavesMachine }) => !leavesMachine).flatMap(exporterOptions),
  option('log-level', 'text', 'LEVEL', 'least severe level to log: debug, info, warn or error', ['logLevel']),
]

function exporterOptions({ name, options = [] }: Exporter): OverrideOption[] {
  return options.map(({ flag, key, kind, value, summary }) =>
    option(flag, kind, value, summary, [`export.${name}.${key}`])
  )
}

function option(
  flag: string,
  kind: ComponentOption['kind'],
  value: string,
  summary: string,
  paths: readonly string[],
): OverrideOption {
  return { flag, env: `RONTGEN_${flag.replaceAll('-', '_').toUpperCase()}`, paths, kind, value, summary }
}

function has(key: string): (receiver: Receiver) => boolean {
  return ({ schema }) => 'entries' in schema && typeof schema.entries === 'object' && key in Object(schema.entries)
}

function pathTo(key: string): (receiver: Receiver) => string {
  return ({ name }) => `receive.${name}.${key}`
}

/** The overrides that flags and variables set; a flag wins over its variable. */
export function readOverrides(flags: Record<string, unknown>, env: Record<string, string | undefined>): Override[] {
  const found: Override[] = []
  for (const { flag, env: variable, paths, kind } of overrideOptions) {
    const text = flags[flag] ?? (env[variable] || undefined)
    if (text === undefined) continue
    const source = flags[flag] === undefined ? variable : `--${flag}`
    for (const path of paths) found.push({ path, value: valueOf(kind, text), source })
  }
  return found
}

function valueOf(kind: ComponentOption['kind'], text: unknown): unknown {
  if (kind === 'number' && /^\d+$/.test(String(text))) return Number(text)
  return kind === 'on' ? text !== 'false' : text
}

/**
 * Directs overrides of exporters at those of a config: that under the name of its kind, else the only one of its kind.
 *
 * @throws {ConfigError} if there are several, and none under the name of its kind
 */
export function directOverrides(config: object, overrides: readonly Override[]): Override[] {
  const exporters: unknown = Reflect.get(config, 'export')
  return overrides.map((override) => {
    const [section, kind = '', ...rest] = override.path.split('.')
    if (section !== 'export') return override
    const path = [section, exporterFor(kind, exporters, override.source), ...rest].join('.')
    return { ...override, path }
  })
}

function exporterFor(kind: string, exporters: unknown, source: string): string {
  const known = Object.entries(Object(exporters))
  if (known.some(([name, value]) => name === kind && value !== false && value !== undefined)) return kind
  const names = known.filter(([, value]) => Reflect.get(Object(value), 'type') === kind).map(([name]) => name)
  if (names.length < 2) return names[0] ?? kind
  throw new ConfigError([`${source}: the config has several exporters of this kind (${listOf(names)}); set it there`])
}

/** Applies overrides to a copy of a config. A receiver that the config turns off stays off; an exporter is turned on. */
export function applyOverrides(config: object, overrides: readonly Override[]): object {
  let result: object = config
  for (const { path, value } of overrides) result = put(result, path.split('.'), value, path.startsWith('export.'))
  return result
}

function put(object: object, path: readonly string[], value: unknown, turnsOn: boolean): object {
  const [key = '', ...rest] = path
  const old: unknown = Reflect.get(object, key)
  if (rest.length === 0) return { ...object, [key]: value }
  if (old === false && !turnsOn) return object
  const inner = typeof old === 'object' && old !== null ? old : {}
  return { ...object, [key]: put(inner, rest, value, turnsOn) }
}
