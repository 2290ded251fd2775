import { CommandError, ExitCode } from '../errors/command-error.ts'

/** A config that cannot be used. */
export class ConfigError extends CommandError {
  override readonly name = 'ConfigError'

  /** @param issues one line each: where it is, and what is expected */
  constructor(readonly issues: readonly string[], options?: ErrorOptions) {
    super(ExitCode.config, issues.join('\n'), options)
  }
}
