import type { ExportersNamed } from './export-schema.ts'
import type { Config } from './schema.ts'

export type { Config }
export * from '../export/exporters.ts'

/** What a config that is a function is called with. */
export interface ConfigContext {
  /** The environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly host: {
    readonly name: string
    /** `linux`, `darwin` or `win32`. */
    readonly platform: string
    readonly arch: string
  }
}

/** What a config file exports: the config, or a function that returns it. */
export type ConfigExport = Config | ((context: ConfigContext) => Config | Promise<Config>)

/** A config whose exporters have the names `E`. */
type ConfigWith<E extends string> = Omit<Config, 'export'> & { readonly export?: ExportersNamed<E> | undefined }

/** Types a config. @param config an object, or a function that returns one */
export function defineConfig<E extends string>(
  config: ConfigWith<E> | ((context: ConfigContext) => ConfigWith<E> | Promise<ConfigWith<E>>),
): ConfigExport {
  return config as ConfigExport // its types are those of a Config, without names that are unknown
}
