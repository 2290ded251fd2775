import type { IndexSettings } from '../otlp/key-table.ts'

/** What the config says of the translation. */
export interface TranslateSettings extends IndexSettings {
  /** CloudWatch Logs groups of spans whose resource names none. */
  readonly logGroups: readonly string[]
}

/** Where the ids come from that the translation makes up: of exceptions, and of service segments. */
export interface IdSource {
  /** Eight bytes, fit for a segment id; good until the next call. */
  next(): Uint8Array
}
