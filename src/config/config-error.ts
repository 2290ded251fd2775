/** A config that cannot be used. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  /** One line a flaw. */
  readonly flaws: readonly string[]

  constructor(flaws: readonly string[], options: ErrorOptions = {}) {
    super(flaws.join('\n'), options)
    this.flaws = flaws
  }
}
