import { VERSION } from '../version.ts'
import type { Command, CommandOption } from './command.ts'

const common: Readonly<Record<string, CommandOption>> = {
  help: { type: 'boolean', short: 'h', summary: 'show this' },
}

/** The help of the whole program. */
export function programHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name, args }) => `${name} ${args}`.trim().length))
  const list = commands.map(({ name, args, summary }) => `  ${`${name} ${args}`.trim().padEnd(width)}  ${summary}`)
  return [
    `rontgen ${VERSION}: takes traces in (OTLP, X-Ray) and brings them to AWS X-Ray`,
    '',
    'Usage: rontgen [COMMAND] [OPTIONS]',
    '',
    'Commands:',
    ...list,
    '',
    'Options:',
    '  -h, --help     show this; behind a command, its own help',
    '  -v, --version  show the version',
    '',
    'Without a command it runs with ./config.ts, or with the defaults: then it prints a line a trace, and nothing leaves',
    'this machine. The flags of the AWS X-Ray daemon (-n us-west-2, -b, -t, -f …) are taken as well, in its spelling.',
    '',
  ].join('\n')
}

/** The help of one command. */
export function commandHelp({ name, args, summary, details, options }: Command): string {
  const rows = Object.entries({ ...options, ...common }).map(([flag, { short, value, summary: text }]) => ({
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
