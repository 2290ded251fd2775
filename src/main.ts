import { CommandError, ExitCode } from './errors/command-error.ts'
import { errorMessage } from './errors/error-message.ts'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import type { Command, CommandContext } from './cli/command.ts'
import { commands } from './cli/commands.ts'
import { commandHelp, programHelp } from './cli/program-help.ts'
import { UsageError } from './cli/usage-error.ts'
import { nearest } from './config/nearest.ts'
import { readDaemonFlags, type ReadFlags } from './compat/daemon-flags.ts'
import { VERSION } from './version.ts'

let isPrinted = true
const print = (text: string): void =>
  void process.stdout.write(text, (error) => {
    if (error instanceof Error) isPrinted = false
  })
const complain = (line: string): void => void process.stderr.write(line + '\n')

// A reader that goes away, as head does, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(ExitCode.ok)
})

const exitCode = await main(process.argv.slice(2))
process.exitCode = exitCode === ExitCode.ok && !isPrinted ? ExitCode.software : exitCode
// A timer or socket of a library must not keep a stopped agent alive.
if (process.exitCode !== undefined) process.exit()

/** argv → command → exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const [first] = argv
  if (first === '--version' || first === '-v') return say(`rontgen ${VERSION}\n`)
  if (first === '--help' || first === '-h' || first === 'help') return say(programHelp(commands))
  try {
    const isNamed = first !== undefined && !first.startsWith('-')
    const command = findCommand(isNamed ? first : 'run')
    const daemon = command.name === 'run' ? daemonLine(isNamed ? argv.slice(1) : argv) : undefined
    if (daemon?.asks === 'version') return say(`rontgen ${VERSION}, in the place of the AWS X-Ray daemon\n`)
    if (daemon?.asks === 'help') return say(commandHelp(command))
    if (daemon !== undefined) {
      return await command.run({ flags: {}, args: [], env: process.env, daemon, print, complain })
    }
    const { values, positionals } = parse(command, isNamed ? argv.slice(1) : argv)
    if (values['help'] === true) return say(commandHelp(command))
    const context: CommandContext = { flags: values, args: positionals, env: process.env, print, complain }
    return await command.run(context)
  } catch (error) {
    complain(`rontgen: ${errorMessage(error)}`)
    return error instanceof CommandError ? error.exitCode : ExitCode.unavailable
  }
}

/** The flags, if it is the X-Ray daemon that was called: by its flags, or by its name. */
function daemonLine(argv: readonly string[]): ReadFlags | undefined {
  try {
    const read = readDaemonFlags(argv)
    const isItsName = [process.argv0, process.execPath].some((name) => /^xray(-daemon)?(\.exe)?$/.test(basename(name)))
    return read ??
      (isItsName && argv.length === 0 ? { values: new Map(), config: undefined, asks: undefined } : undefined)
  } catch (cause) {
    throw new UsageError(errorMessage(cause), { cause })
  }
}

function findCommand(name: string): Command {
  const found = commands.find((command) => command.name === name)
  if (found !== undefined) return found
  const best = nearest(name, commands.map((command) => command.name))
  throw new UsageError(
    `"${name}" is no command${best === undefined ? '' : `; did you mean "${best}"?`}; see rontgen --help`,
  )
}

function parse(command: Command, argv: readonly string[]) {
  try {
    const options = { ...command.options, help: { type: 'boolean', short: 'h' } as const }
    const parsed = parseArgs({ args: [...argv], options, allowPositionals: command.args !== '', strict: true })
    return { values: { ...parsed.values }, positionals: parsed.positionals }
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('. ')[0] : String(error)
    throw new UsageError(`${reason}; see rontgen ${command.name} --help`, { cause: error })
  }
}

function say(text: string): number {
  print(text)
  return ExitCode.ok
}
