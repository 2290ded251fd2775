import { ExitCode } from '../errors/command-error.ts'
import { VERSION } from '../version.ts'
import { type Command } from './command.ts'

/** The command that prints the manual page of all others. @param commands every command; asked late, as this one is of them */
export function manOf(commands: () => readonly Command[]): Command {
  return {
    name: 'man',
    summary: 'print the manual page',
    args: '',
    details: 'rontgen man > /usr/local/share/man/man1/rontgen.1, or: rontgen man | man -l -',
    options: {},
    run({ print }) {
      print(manPage(commands()))
      return Promise.resolve(ExitCode.ok)
    },
  }
}

/** The page in the macros of man(7). */
function manPage(commands: readonly Command[]): string {
  const sections = commands.flatMap((command) => [
    '.TP',
    `.B rontgen ${roff(`${command.name} ${command.args}`.trim())}`,
    `${roff(capital(command.summary))}.`,
    roff(command.details),
    ...Object.entries(command.options).flatMap(([name, { short, value, summary }]) => [
      '.RS',
      '.TP',
      `.B ${roff(`${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`)}`,
      roff(summary),
      '.RE',
    ]),
  ])
  return [
    `.TH RONTGEN 1 "" "rontgen ${VERSION}"`,
    '.SH NAME',
    'rontgen \\- takes traces in (OTLP, X\\-Ray) and brings them to AWS X\\-Ray',
    '.SH SYNOPSIS',
    '.B rontgen',
    '[\\fICOMMAND\\fR] [\\fIOPTIONS\\fR]',
    '.SH DESCRIPTION',
    'Without a command it runs with ./config.ts, or with the defaults: then it keeps traces on this machine, and nothing leaves it.',
    'It also takes the command line of the AWS X\\-Ray daemon.',
    '.SH COMMANDS',
    ...sections,
    '.SH EXIT STATUS',
    '0 well done; 64 wrong use; 65 wrong data; 69 cannot be done now; 70 a flaw of the program; 78 wrong config.',
    '.SH FILES',
    '.I ./config.ts',
    'The config; rontgen init writes one.',
    '',
  ].join('\n')
}

function roff(text: string): string {
  return text.replace(/\\/g, '\\e').replace(/-/g, '\\-').replace(/^(['.])/gm, '\\&$1').replace(/\n/g, '\n.br\n')
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
