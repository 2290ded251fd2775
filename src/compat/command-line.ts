/** The arguments of a command line, from the first flag on: `-f` and `a b` for `/usr/bin/xray -f "a b"`. */
export function commandLine(text: string): string[] {
  const words = [...text.matchAll(/"((?:\\.|[^"\\])*)"|'([^']*)'|(\S+)/g)].map(([, double, single, plain]) =>
    double?.replace(/\\(.)/g, '$1') ?? single ?? plain ?? ''
  )
  const start = words.findIndex((word) => word.startsWith('-'))
  return start === -1 ? [] : words.slice(start)
}

/** The command line in a systemd unit or an upstart file; undefined if there is none. */
export function lineOfUnit(text: string): string | undefined {
  const [, line] = /^\s*(?:ExecStart\s*=\s*|exec\s+)(.+(?:\\\n.+)*)$/m.exec(text) ?? []
  return line?.replace(/\\\n/g, ' ').replace(/^[@\-:+!]+/, '').replace(/\s*(?:>>?|2>&1).*$/, '').trim()
}
