import { CommandError, ExitCode } from '../errors/command-error.ts'

/** A command line that cannot be understood. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError'

  constructor(message: string, options?: ErrorOptions) {
    super(ExitCode.usage, message, options)
  }
}
