import type { Override } from './overrides.ts'
import type { Settings } from './schema.ts'

/** A value of the effective config, and where it comes from. */
export interface ConfigValue {
  /** Such as `receive.otlp.grpc.port`. */
  readonly path: string
  /** JSON; passwords in URLs are masked. */
  readonly value: string
  /** `default`, the file, a flag or an environment variable. */
  readonly source: string
}

/** Every value of the settings, with where it comes from. @param config what the config file exports */
export function effectiveValues(
  settings: Settings,
  config: object,
  file: string,
  overrides: readonly Override[],
): ConfigValue[] {
  const sources = new Map(overrides.map(({ path, source }) => [path, source]))
  return leavesOf(settings, '').map(([path, value]) => {
    const written = readPath(config, path, value)
    const override = sources.get(path)
    return {
      path,
      value: JSON.stringify(hidePassword(override === undefined && written !== undefined ? written : value)) ?? 'null',
      source: override ?? (written === undefined ? 'default' : file),
    }
  })
}

/** Masks the password in a URL; any other value is returned as it is. */
export function hidePassword(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/^(https?:\/\/[^/\s:@]*:)[^/\s@]*@/, '$1***@') : value
}

function leavesOf(value: unknown, path: string): [string, unknown][] {
  if (value === undefined) return []
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]]
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, path === '' ? key : `${path}.${key}`))
}

/** What a config has at a path. Where it turns a whole section off, that is the `value` which this leads to. */
function readPath(config: unknown, path: string, value: unknown): unknown {
  let at = config
  for (const key of path.split('.')) {
    if (at === false) return value
    if (Object(at) !== at) return undefined
    at = Reflect.get(Object(at), key)
  }
  return at
}
