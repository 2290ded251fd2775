import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { ConfigError } from '../config/config-error.ts'
import { withSides } from './config-set.ts'
import { fromCloudwatch, mergeCloudwatch } from './cloudwatch-config.ts'
import { daemonPlaces, type DaemonValues, fromDaemon, readDaemonYaml } from './daemon-config.ts'
import type { CompatConfig } from './compat-config.ts'

/** What kind of config a file is, by its name and what is in it. */
export function kindOfConfig(path: string): 'cloudwatch' | 'daemon' | 'collector' | 'own' {
  if (existsSync(path) && statSync(path).isDirectory()) return 'cloudwatch'
  if (path.endsWith('.json')) return 'cloudwatch'
  if (!/\.ya?ml$/.test(path)) return 'own'
  try {
    const parsed: unknown = parse(readFileSync(path, 'utf8'))
    return Object(parsed) === parsed && 'receivers' in Object(parsed) ? 'collector' : 'daemon'
  } catch {
    return 'daemon'
  }
}

/** Reads a config of the CloudWatch agent: a file, with those of the folder `NAME.d` beside it, or a folder. */
export function readCloudwatch(path: string): CompatConfig {
  const files = cloudwatchFiles(path)
  if (files.length === 0) throw new ConfigError([`${path}: there is no config in it`])
  const read = files.map((file) => ({ file, text: readFileSync(file, 'utf8') }))
  const merged = mergeCloudwatch(read.map(({ file, text }) => ({ file, json: parseJson(text, file) })))
  const [only] = read
  const foreign = fromCloudwatch(merged, read.length === 1 && only !== undefined ? only : { file: path, text: '' })
  return statSync(path).isDirectory() ? withSides(foreign, path) : foreign
}

/** The files of a config of the CloudWatch agent, in the order in which they are merged. */
export function cloudwatchFiles(path: string): string[] {
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
    throw new ConfigError([`${file}: it is no JSON: ${cause instanceof Error ? cause.message : ''}`], { cause })
  }
}

/**
 * What the X-Ray daemon would do with a command line.
 *
 * @param file what -c names; else the daemon's default places are looked at
 */
export function readDaemon(
  flags: DaemonValues,
  file: string | undefined,
): CompatConfig & { file: string | undefined } {
  const path = file ?? daemonPlaces.find((place) => existsSync(place))
  if (file !== undefined && !existsSync(file)) throw new ConfigError([`${file}: there is no such file`])
  const values = path === undefined ? [] : [readDaemonYaml(readFileSync(path, 'utf8'), path)]
  return { ...fromDaemon([...values, flags], path ?? 'the command line'), file: path }
}
