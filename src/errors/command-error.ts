/** Exit codes, as in sysexits(3). */
export const ExitCode = {
  ok: 0,
  usage: 64,
  data: 65,
  unavailable: 69,
  software: 70,
  config: 78,
} as const

/** An error with the exit code of the command that it ends. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError'

  constructor(readonly exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options)
  }
}
