import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CompatConfig, putAt, valueAt } from './compat-config.ts'

/** Where a config of the set comes from, as `-c` names it: `file:PATH`, `ssm:NAME` or `default`. */
export type ConfigSource = string

/** The hidden files of a set's folder that hold what `ctl` sets besides the configs. */
const settingFiles = { logLevel: '.log-level', mode: '.mode' } as const

/**
 * The configs that `ctl` collects: a folder that is replaced as a whole, and only by one that was checked, so that an
 * invalid config never replaces a valid one.
 */
export class ConfigSet {
  /** @param dir the folder */
  constructor(readonly dir: string) {}

  /** The names of the config files. */
  get names(): string[] {
    return existsSync(this.dir) ? readdirSync(this.dir).filter((name) => !name.startsWith('.')).sort() : []
  }

  /** The file name of the config from a source. */
  static nameOf(source: ConfigSource): string {
    return `${
      source.replace(/^file:/, 'file_').replace(/^ssm:/, 'ssm_').replace(/[^\w.-]+/g, '_').replace(/\.json$/, '')
    }.json`
  }

  /**
   * Changes the set: edits a copy, checks it, and replaces the folder with it.
   *
   * @param edit gets the copy's folder
   * @param check gets the copy's folder; if it throws, the set stays as it is
   */
  change(edit: (dir: string) => void, check: (dir: string) => void): void {
    const [copy, old] = [`${this.dir}.new`, `${this.dir}.old`]
    rmSync(copy, { recursive: true, force: true })
    mkdirSync(this.dir, { recursive: true, mode: 0o755 })
    cpSync(this.dir, copy, { recursive: true })
    try {
      edit(copy)
      check(copy)
    } catch (error) {
      rmSync(copy, { recursive: true, force: true })
      throw error
    }
    rmSync(old, { recursive: true, force: true })
    renameSync(this.dir, old)
    renameSync(copy, this.dir)
    rmSync(old, { recursive: true, force: true })
  }
}

/** Writes a setting into the folder of a set. */
export function writeSetting(dir: string, name: keyof typeof settingFiles, value: string): void {
  writeFileSync(join(dir, settingFiles[name]), value)
}

/** Applies the settings in the folder of a set to its config: the log level, and local mode for on-premises hosts. */
export function applySettings(compat: CompatConfig, dir: string): CompatConfig {
  const read = (name: keyof typeof settingFiles): string | undefined => {
    const file = join(dir, settingFiles[name])
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined
  }
  const config = structuredClone(compat.config) as Record<string, unknown> // a plain object
  const logLevel = read('logLevel')
  if (logLevel !== undefined) putAt(config, 'logLevel', logLevel)
  const localMode = valueAt(config, 'export.xray.localMode')
  if (/^onPrem/i.test(read('mode') ?? '') && localMode === undefined) putAt(config, 'export.xray.localMode', true)
  return { ...compat, config }
}
