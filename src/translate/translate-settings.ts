/** Which attributes become annotations. */
export interface IndexSettings {
  /** Names as in the config; those of resource attributes start with `otel.resource.`. */
  readonly indexedAttributes: readonly string[]
  readonly indexAllAttributes: boolean
}

/** What the config says about the translation. */
export interface TranslateSettings extends IndexSettings {
  /** CloudWatch Logs groups of spans whose resource names none. */
  readonly logGroups: readonly string[]
}
