import type { ParseArgsOptionDescriptor } from 'node:util'
import type { ReadFlags } from '../compat/daemon-flags.ts'

/** An option of a command. */
export interface CommandOption extends ParseArgsOptionDescriptor {
  readonly summary: string
  /** What the value is called in `--help`. */
  readonly value?: string
}

/** What a command works with. */
export interface CommandContext {
  readonly flags: Readonly<Record<string, unknown>>
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** The X-Ray daemon's command line, if it was started with one. */
  readonly daemon?: ReadFlags
  /** Writes to stdout. */
  readonly print: (text: string) => void
  /** Writes a line to stderr. */
  readonly complain: (line: string) => void
}

/** The one form of all commands. */
export interface Command {
  readonly name: string
  /** One line for the list. */
  readonly summary: string
  /** Names of what stands behind the command, such as `FILE`. */
  readonly args: string
  /** More for its own `--help`. */
  readonly details: string
  readonly options: Readonly<Record<string, CommandOption>>
  /** @returns the exit code */
  run(context: CommandContext): Promise<number>
}
