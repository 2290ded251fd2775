import { parseArgs } from 'node:util'
import type { Command, CommandLine } from './cli/command.ts'
import { commands } from './cli/commands.ts'
import { commandHelp, programHelp } from './cli/program-help.ts'
import { UsageError } from './cli/usage-error.ts'
import { didYouMean } from './config/did-you-mean.ts'
import { nearest } from './config/nearest.ts'
import { CommandError, ExitCode } from './errors/command-error.ts'
import { errorMessage } from './errors/error-message.ts'
import { VERSION } from './version.ts'

let isPrinted = true
const print = (text: string): void =>
  void process.stdout.write(text, (error) => {
    if (error instanceof Error) isPrinted = false
  })
const printError = (line: string): void => void process.stderr.write(line + '\n')

// A reader that closes the pipe, as head does, is no failure.
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
  if (first === '--version' || first === '-v') return printResult(`rontgen ${VERSION}\n`)
  if (first === '--help' || first === '-h') return printResult(programHelp(commands))
  try {
    if (first === 'help') return printResult(helpOf(argv[1]))
    const isNamed = first !== undefined && !first.startsWith('-')
    const command = isNamed ? findCommand(first) : commands[0]
    const rest = isNamed ? argv.slice(1) : argv
    const line = command.claim?.(rest) ?? parse(command, rest)
    if (line.flags['help'] === true) return printResult(commandHelp(command))
    return await command.run({ ...line, env: process.env, print, printError })
  } catch (error) {
    printError(`rontgen: ${errorMessage(error)}`)
    return error instanceof CommandError ? error.exitCode : ExitCode.unavailable
  }
}

/** @param name of a command; if it is absent, or an option, the help is that of the program */
function helpOf(name: string | undefined): string {
  return name === undefined || name.startsWith('-') ? programHelp(commands) : commandHelp(findCommand(name))
}

function findCommand(name: string): Command {
  const found = commands.find((command) => command.name === name)
  if (found !== undefined) return found
  const best = nearest(name, commands.map((command) => command.name))
  throw new UsageError(didYouMean(`"${name}" is not a command`, best, 'see rontgen --help'))
}

function parse(command: Command, argv: readonly string[]): CommandLine {
  try {
    const options = { ...command.options, help: { type: 'boolean', short: 'h' } as const }
    const parsed = parseArgs({ args: [...argv], options, allowPositionals: command.args !== '', strict: true })
    return { flags: { ...parsed.values }, args: parsed.positionals }
  } catch (cause) {
    const reason = errorMessage(cause).split('. ')[0]
    throw new UsageError(`${reason}; see rontgen ${command.name} --help`, { cause })
  }
}

function printResult(text: string): number {
  print(text)
  return ExitCode.ok
}
