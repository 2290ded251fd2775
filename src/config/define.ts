import type { Config } from './schema.ts'

export type { Config }

/** What a config that is a function is told of where it runs. */
export interface Place {
  /** The environment's variables. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly host: {
    readonly name: string
    /** `linux`, `darwin` or `win32`. */
    readonly platform: string
    readonly arch: string
  }
}

/** What a config file exports: the config, or a function of where it runs that gives it. */
export type ConfigExport = Config | ((place: Place) => Config | Promise<Config>)

/** Types a config. Give it an object, or a function that gives one. */
export function defineConfig<C extends ConfigExport>(config: C): C {
  return config
}
