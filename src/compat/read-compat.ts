import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { ConfigError } from '../config/config-error.ts'
import { errorMessage } from '../errors/error-message.ts'
import { fromCloudwatch, mergeCloudwatch } from './cloudwatch-config.ts'
import type { CompatConfig } from './compat-config.ts'
import { applySettings } from './config-set.ts'
import { daemonConfigPaths, type DaemonValues, fromDaemon, readDaemonYaml } from './daemon-config.ts'

/** Which program's config a path holds, by its name and content. */
export function kindOfConfig(path: string): 'cloudwatch' | 'daemon' | 'collector' | 'rontgen' {
  if (existsSync(path) && statSync(path).isDirectory()) return 'cloudwatch'
  if (path.endsWith('.json')) return 'cloudwatch'
  if (!/\.ya?ml$/.test(path)) return 'rontgen'
  try {
    const parsed: unknown = parse(readFileSync(path, 'utf8'))
    return Object(parsed) === parsed && 'receivers' in Object(parsed) ? 'collector' : 'daemon'
  } catch {
    return 'daemon'
  }
}

/**
 * Reads a config of the CloudWatch agent.
 *
 * @param path a file, which is merged with those of the folder `NAME.d` next to it, or a folder
 * @throws {ConfigError} with every issue
 */
export function readCloudwatch(path: string): CompatConfig {
  const files = cloudwatchFiles(path)
  if (files.length === 0) throw new ConfigError([`${path}: there is no config in it`])
  const read = files.map((file) => ({ file, text: readFileSync(file, 'utf8') }))
  const merged = mergeCloudwatch(read.map(({ file, text }) => ({ file, json: parseJson(text, file) })))
  const [only] = read
  const compat = fromCloudwatch(merged, read.length === 1 && only !== undefined ? only : { file: path, text: '' })
  return statSync(path).isDirectory() ? applySettings(compat, path) : compat
}

/** The files of a config of the CloudWatch agent, in the order in which they are merged. */
function cloudwatchFiles(path: string): string[] {
  const inFolder = (folder: string): string[] =>
    existsSync(folder) && statSync(folder).isDirectory()
      ? readdirSync(folder).filter((name) => !name.startsWith('.')).sort().map((name) => join(folder, name))
      : []
  if (existsSync(path) && statSync(path).isDirectory()) return inFolder(path)
  return [...(existsSync(path) ? [path] : []), ...inFolder(path.replace(/\.json$/, '.d'))]
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ConfigError([`${file}: not valid JSON: ${errorMessage(cause)}`], { cause })
  }
}

/**
 * Reads the flags and the config file of an X-Ray daemon.
 *
 * @param file what -c names; else the first of {@link daemonConfigPaths} that exists
 * @returns the config, and the file that was read
 * @throws {ConfigError} with every issue
 */
export function readDaemon(
  flags: DaemonValues,
  file: string | undefined,
): CompatConfig & { file: string | undefined } {
  const path = file ?? daemonConfigPaths.find((candidate) => existsSync(candidate))
  if (file !== undefined && !existsSync(file)) throw new ConfigError([`${file}: there is no such file`])
  const values = path === undefined ? [] : [readDaemonYaml(readFileSync(path, 'utf8'), path)]
  return { ...fromDaemon([...values, flags], path ?? 'the command line'), file: path }
}
