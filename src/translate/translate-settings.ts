import type { IndexSettings } from '../otlp/key-table.ts'

/** What the config says of the translation. */
export interface TranslateSettings extends IndexSettings {
  /** CloudWatch Logs groups of spans whose resource names none. */
  readonly logGroups: readonly string[]
}
