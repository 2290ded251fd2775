import { ExitCode } from '../errors/command-error.ts'
import type { Command, CommandList } from './command.ts'
import { UsageError } from './usage-error.ts'

const shells = ['bash', 'zsh', 'fish'] as const

/** Makes the command that prints shell completions. @param commands returns every command, this one among them */
export function completions(commands: () => CommandList): Command {
  return {
    name: 'completions',
    summary: 'print shell completions for bash, zsh or fish',
    args: 'SHELL',
    details: 'bash: rontgen completions bash > /etc/bash_completion.d/rontgen\n' +
      'zsh:  rontgen completions zsh > "${fpath[1]}/_rontgen"\n' +
      'fish: rontgen completions fish > ~/.config/fish/completions/rontgen.fish',
    options: {},
    run({ args: [shell], print }) {
      const chosen = shells.find((name) => name === shell)
      if (chosen === undefined) {
        throw new UsageError(`SHELL must be one of ${shells.join(', ')}; see rontgen completions --help`)
      }
      print({ bash, zsh, fish }[chosen](commands()))
      return Promise.resolve(ExitCode.ok)
    },
  }
}

function flagsOf({ options }: Command): string[] {
  return [
    ...Object.entries(options).flatMap((
      [name, { short }],
    ) => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]),
    '--help',
  ]
}

function bash(commands: CommandList): string {
  const cases = commands.map((command) => `    ${command.name}) words="${flagsOf(command).join(' ')}" ;;`)
  return `# Completions of rontgen for bash.
_rontgen() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words
  if [ "$COMP_CWORD" -eq 1 ] && [ "\${current#-}" = "$current" ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')} help" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words="${flagsOf(commands[0]).join(' ')}" ;;
  esac
  if [ "\${current#-}" != "$current" ]; then COMPREPLY=($(compgen -W "$words" -- "$current"))
  else COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -o filenames -F _rontgen rontgen
`
}

function zsh(commands: CommandList): string {
  const quote = (line: string): string => line.replace(/'/g, "'\\''").replace(/[[\]:]/g, '\\$&')
  const cases = commands.map((command) => {
    const specs = Object.entries(command.options).map(([name, { summary, type }]) =>
      `'--${name}[${quote(summary)}]${type === 'string' ? ':value:_files' : ''}'`
    )
    return `    ${command.name}) _arguments ${[...specs, "'--help[show this help]'", "'*:file:_files'"].join(' ')} ;;`
  })
  return `#compdef rontgen
# Completions of rontgen for zsh.
_rontgen() {
  local -a commands
  commands=(${commands.map(({ name, summary }) => `'${name}:${quote(summary)}'`).join(' ')})
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  local chosen="\${words[2]}"
  shift words
  (( CURRENT-- ))
  case "$chosen" in
${cases.join('\n')}
  esac
}
_rontgen "$@"
`
}

function fish(commands: CommandList): string {
  const quote = (line: string): string => line.replace(/['\\]/g, '\\$&')
  const lines = commands.flatMap(({ name, summary, options }) => [
    `complete -c rontgen -n __fish_use_subcommand -a ${name} -d '${quote(summary)}'`,
    ...Object.entries(options).map(([option, { short, summary: optionSummary, type }]) =>
      `complete -c rontgen -n '__fish_seen_subcommand_from ${name}' -l ${option}${
        short === undefined ? '' : ` -s ${short}`
      }${type === 'string' ? ' -r' : ''} -d '${quote(optionSummary)}'`
    ),
  ])
  return `# Completions of rontgen for fish.\n${lines.join('\n')}\n`
}
