import { existsSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { errorMessage } from '../errors/error-message.ts'
import { checkConfig, type Source } from './check-config.ts'
import { ConfigError } from './config-error.ts'
import type { ConfigContext } from './define.ts'
import { type ConfigValue, effectiveValues } from './effective-values.ts'
import { importConfig } from './import-config.ts'
import { applyOverrides, directOverrides, type Override } from './overrides.ts'
import type { Settings } from './schema.ts'

/** The config file if none is named. */
const DEFAULT_FILE = 'config.ts'
/** How long a config may take, in milliseconds. */
const LOAD_MS = 10_000

/** A config that was loaded. */
export interface Loaded {
  readonly settings: Settings
  /** The file that it was read from; undefined for the defaults. */
  readonly file: string | undefined
  /** Every value, with where it comes from. */
  readonly values: readonly ConfigValue[]
  /** What of another program's config has no counterpart, one sentence each. */
  readonly notes: readonly string[]
}

/** A config that was converted from that of another program. */
export interface CompatSource {
  readonly config: object
  /** What has no counterpart, one sentence each. */
  readonly notes: readonly string[]
  /** The file that it was read from; undefined if there is none. */
  readonly file: string | undefined
}

/** Checks a config that was converted from that of another program. @throws {ConfigError} with every issue */
export function loadCompat({ config, notes, file }: CompatSource, overrides: readonly Override[]): Loaded {
  const name = file ?? 'the command line'
  const checked = check(config, overrides, { file: name, text: '' })
  return { ...checked, file: file === undefined ? undefined : resolve(file), notes }
}

/**
 * Loads the config: the file that is named, else ./config.ts, else the defaults; flags and environment variables
 * override it.
 *
 * @throws {ConfigError} with every issue
 */
export async function loadConfig(
  file: string | undefined,
  overrides: readonly Override[],
  env: Record<string, string | undefined>,
): Promise<Loaded> {
  const path = file === undefined ? resolve(DEFAULT_FILE) : resolve(file)
  if (!existsSync(path)) {
    if (file !== undefined) throw new ConfigError([`${file}: there is no such file`])
    return { ...check({}, overrides, { file: 'the defaults', text: '' }), file: undefined, notes: [] }
  }
  const text = readFileSync(path, 'utf8')
  let config: unknown
  try {
    const host = { name: hostname(), platform: process.platform, arch: process.arch }
    config = await inTime(runConfig(path, { env, host }))
  } catch (cause) {
    throw new ConfigError([cannotBeRead(file ?? DEFAULT_FILE, cause)], { cause })
  }
  if (typeof config !== 'object' || config === null) {
    throw new ConfigError([`${file ?? DEFAULT_FILE}: it must export default defineConfig({ … })`])
  }
  const name = file ?? DEFAULT_FILE
  return { ...check(config, overrides, { file: name, text }), file: path, notes: [] }
}

/** Imports a config, and calls it if it is a function. */
async function runConfig(path: string, context: ConfigContext): Promise<unknown> {
  const exported = await importConfig(path)
  return await (typeof exported === 'function' ? exported(context) : exported)
}

/** Gives up on a promise that does not resolve in time: what waits for it must not wait for ever. */
async function inTime<T>(config: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const message = `it has no result after ${
    LOAD_MS / 1000
  } s: a promise in it, or in a module that it imports, never resolves`
  const timer = setTimeout(() => reject(new Error(message)), LOAD_MS)
  try {
    return await Promise.race([config, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Bun collects the errors of a file, of which the first is the cause, and knows its line; Deno says it in the text. */
function cannotBeRead(file: string, error: unknown): string {
  const cause: unknown = error instanceof AggregateError ? error.errors[0] ?? error : error
  const position: unknown = Reflect.get(Object(cause), 'position')
  const line: unknown = Reflect.get(Object(position), 'line')
  return `${file}${typeof line === 'number' ? `:${line}` : ''}: cannot be read: ${errorMessage(cause)}`
}

/** Checks a config with the overrides. @throws {ConfigError} with every issue */
function check(
  config: object,
  overrides: readonly Override[],
  source: Source,
): { settings: Settings; values: ConfigValue[] } {
  const directed = directOverrides(config, overrides)
  const result = checkConfig(applyOverrides(config, directed), { ...source, overrides: directed })
  if ('issues' in result) throw new ConfigError(result.issues)
  const { settings } = result
  return { settings, values: effectiveValues(settings, config, source.file, directed) }
}
