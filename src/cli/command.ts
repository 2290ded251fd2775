import type { ParseArgsOptionDescriptor } from 'node:util'
import type { DaemonLine } from '../compat/daemon-flags.ts'

/** An option of a command. */
export interface CommandOption extends ParseArgsOptionDescriptor {
  readonly summary: string
  /** What the value is called in `--help`. */
  readonly value?: string
}

/** What the command line says, after the command's name. */
export interface CommandLine {
  readonly flags: Readonly<Record<string, unknown>>
  readonly args: readonly string[]
  /** The X-Ray daemon's command line, if the program was called with one. */
  readonly daemon?: DaemonLine
}

/** What a command works with. */
export interface CommandContext extends CommandLine {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Writes to stdout. */
  readonly print: (text: string) => void
  /** Writes a line to stderr. */
  readonly printError: (line: string) => void
}

/** A command of the program. */
export interface Command {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** The positional arguments in the usage line, such as `[FILE]`; empty if the command takes none. */
  readonly args: string
  /** What `--help` says below the summary. */
  readonly details: string
  readonly options: Readonly<Record<string, CommandOption>>
  /**
   * Reads a command line that is written in the flags of another program instead of `options`.
   *
   * @param argv without the command's name
   * @returns undefined if it is not such a command line
   * @throws {UsageError} if it is one, and cannot be understood
   */
  claim?(argv: readonly string[]): CommandLine | undefined
  /** @returns the exit code */
  run(context: CommandContext): Promise<number>
}

/** Commands in the order of `--help`. The first one runs when the command line names none. */
export type CommandList = readonly [Command, ...Command[]]
