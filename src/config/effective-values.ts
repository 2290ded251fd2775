import { hideSecrets } from '../net/hide-secrets.ts'
import type { Override } from './overrides.ts'
import type { Settings } from './schema.ts'

/** A value of the effective config, and where it comes from. */
export interface ConfigValue {
  /** Such as `receive.otlp.grpc.port`. */
  readonly path: string
  /** JSON; secrets are masked. */
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
      value: JSON.stringify(hideSecret(path, override === undefined && written !== undefined ? written : value)) ??
        'null',
      source: override ?? (written === undefined ? 'default' : file),
    }
  })
}

/** Keys whose values only this agent and AWS need to know. */
const SECRET_KEY = /(^|\.)externalId$/

/**
 * Masks what may be secret in a value: all of it by its key, and user, password and query of a URL.
 *
 * @param key the last part of its path, or all of it
 */
export function hideSecret(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value
  return SECRET_KEY.test(key) ? '***' : hideSecrets(value)
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
