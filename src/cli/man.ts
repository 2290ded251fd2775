import { ExitCode } from '../errors/command-error.ts'
import { VERSION } from '../version.ts'
import type { Command, CommandList } from './command.ts'
import { DEFAULT_COMMAND_TEXT, TAGLINE } from './program-help.ts'

/** Makes the command that prints the manual page. @param commands returns every command, this one among them */
export function man(commands: () => CommandList): Command {
  return {
    name: 'man',
    summary: 'print the manual page',
    args: '',
    details: 'install: rontgen man > /usr/local/share/man/man1/rontgen.1\nread:    rontgen man | man -l -',
    options: {},
    run({ print }) {
      print(manPage(commands()))
      return Promise.resolve(ExitCode.ok)
    },
  }
}

/** The page, written with the macros of man(7). */
function manPage(commands: CommandList): string {
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
    `rontgen \\- ${roff(TAGLINE)}`,
    '.SH SYNOPSIS',
    '.B rontgen',
    '[\\fICOMMAND\\fR] [\\fIOPTIONS\\fR]',
    '.SH DESCRIPTION',
    roff(DEFAULT_COMMAND_TEXT),
    '.SH COMMANDS',
    ...sections,
    '.SH EXIT STATUS',
    '0 success; 64 wrong usage; 65 invalid input; 69 unavailable; 70 internal error; 78 invalid config.',
    '.SH FILES',
    '.I ./config.ts',
    'The config. rontgen init writes one.',
    '',
  ].join('\n')
}

function roff(text: string): string {
  return text.replace(/\\/g, '\\e').replace(/-/g, '\\-').replace(/^(['.])/gm, '\\&$1').replace(/\n/g, '\n.br\n')
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
