import { basename } from 'node:path'
import { type DaemonLine, readDaemonLine } from '../compat/daemon-flags.ts'
import { errorMessage } from '../errors/error-message.ts'
import type { CommandLine } from './command.ts'
import { UsageError } from './usage-error.ts'

/**
 * Reads a command line of the X-Ray daemon: one with flags that only the daemon has, or none at all if the program is
 * called by the daemon's name.
 *
 * @returns undefined if it is not such a command line
 * @throws {UsageError} if it is one, and cannot be understood
 */
export function claimDaemonLine(argv: readonly string[]): CommandLine | undefined {
  const daemon = read(argv)
  return daemon === undefined ? undefined : { flags: daemon.asks === 'help' ? { help: true } : {}, args: [], daemon }
}

function isCalledLikeDaemon(): boolean {
  return [process.argv0, process.execPath].some((name) => /^xray(-daemon)?(\.exe)?$/.test(basename(name)))
}

function read(argv: readonly string[]): DaemonLine | undefined {
  if (argv.length === 0 && isCalledLikeDaemon()) return { values: new Map() }
  try {
    return readDaemonLine(argv)
  } catch (cause) {
    throw new UsageError(errorMessage(cause), { cause })
  }
}
