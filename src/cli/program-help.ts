import { VERSION } from '../version.ts'
import type { Command, CommandList, CommandOption } from './command.ts'

/** What the program does, as a phrase. */
export const TAGLINE = 'receives traces (OTLP, X-Ray) and delivers them to AWS X-Ray'

/** What the program does without a command. */
export const DEFAULT_COMMAND_TEXT =
  'Without a command, rontgen runs the agent with ./config.ts. Without a config, it keeps traces on this machine and\n' +
  'prints one line per trace; nothing leaves the machine. The flags of the AWS X-Ray daemon work too, in its spelling:\n' +
  'rontgen -n us-west-2 -f /var/log/xray.log'

const helpOption: Readonly<Record<string, CommandOption>> = {
  help: { type: 'boolean', short: 'h', summary: 'show this help' },
}

/** The help of the whole program. */
export function programHelp(commands: CommandList): string {
  const width = Math.max(...commands.map(({ name, args }) => `${name} ${args}`.trim().length))
  const list = commands.map(({ name, args, summary }) => `  ${`${name} ${args}`.trim().padEnd(width)}  ${summary}`)
  return [
    `rontgen ${VERSION}: ${TAGLINE}`,
    '',
    'Usage: rontgen [COMMAND] [OPTIONS]',
    '',
    'Commands:',
    ...list,
    '',
    'Options:',
    '  -h, --help     show this help, or after a command the help of that command',
    '  -v, --version  show the version',
    '',
    DEFAULT_COMMAND_TEXT,
    '',
  ].join('\n')
}

/** The help of one command. */
export function commandHelp({ name, args, summary, details, options }: Command): string {
  const rows = Object.entries({ ...options, ...helpOption }).map(([flag, { short, value, summary: text }]) => ({
    left: `  ${short === undefined ? '    ' : `-${short}, `}--${flag}${value === undefined ? '' : ` ${value}`}`,
    text,
  }))
  const width = Math.max(...rows.map(({ left }) => left.length))
  return [
    `Usage: ${['rontgen', name, args].filter(Boolean).join(' ')} [OPTIONS]`,
    '',
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    '',
    details,
    '',
    'Options:',
    ...rows.map(({ left, text }) => `${left.padEnd(width)}  ${text}`),
    '',
  ].join('\n')
}
