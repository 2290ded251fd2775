import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { putAt, valueAt } from './compat-config.ts'
import type { CompatConfig } from './compat-config.ts'

/** Where a config of the set is from, as `-c` names it: `file:PATH`, `ssm:NAME` or `default`. */
export type ConfigSource = string

/** What is set beside the configs, each in a hidden file of the folder. */
const sides = { logLevel: '.log-level', mode: '.mode' } as const

/**
 * The configs that `ctl` put together: a folder that is exchanged as a whole, and only for one that was checked, so that
 * a wrong config never takes the place of the one that works.
 */
export class ConfigSet {
  /** @param dir the folder */
  constructor(readonly dir: string) {}

  /** The files, without the folder. */
  get names(): string[] {
    return existsSync(this.dir) ? readdirSync(this.dir).filter((name) => !name.startsWith('.')).sort() : []
  }

  /** What a config from a source is called. */
  static nameOf(source: ConfigSource): string {
    return `${
      source.replace(/^file:/, 'file_').replace(/^ssm:/, 'ssm_').replace(/[^\w.-]+/g, '_').replace(/\.json$/, '')
    }.json`
  }

  /**
   * Changes the set: works on a copy, has it checked, and puts it in place.
   *
   * @param check is given the copy's folder; what it throws ends the change
   */
  change(act: (dir: string) => void, check: (dir: string) => void): void {
    const [copy, old] = [`${this.dir}.new`, `${this.dir}.old`]
    rmSync(copy, { recursive: true, force: true })
    mkdirSync(this.dir, { recursive: true, mode: 0o755 })
    cpSync(this.dir, copy, { recursive: true })
    try {
      act(copy)
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

/** Sets something beside the configs of a folder. */
export function setBeside(dir: string, name: keyof typeof sides, value: string): void {
  writeFileSync(join(dir, sides[name]), value)
}

/** What is set beside the configs of a folder goes over them: the log level, and what on-premises means. */
export function withSides(foreign: CompatConfig, dir: string): CompatConfig {
  const read = (name: keyof typeof sides): string | undefined => {
    const file = join(dir, sides[name])
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined
  }
  const config = structuredClone(foreign.config) as Record<string, unknown> // an object, as it was made here
  const logLevel = read('logLevel')
  if (logLevel !== undefined) putAt(config, 'logLevel', logLevel)
  const isLocal = valueAt(config, 'export.xray.localMode')
  if (/^onPrem/i.test(read('mode') ?? '') && isLocal === undefined) putAt(config, 'export.xray.localMode', true)
  return { ...foreign, config }
}
