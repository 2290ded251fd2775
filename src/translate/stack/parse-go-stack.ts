import { type ExceptionChain, lineNumber, linesOf } from './exception.ts'

/** Reads `debug.Stack()` of Go: a line with the function, then one with its file and line. */
export function parseGoStack(text: string, chain: ExceptionChain): void {
  const lines = linesOf(text).slice(1)
  for (let i = 0; i < lines.length; i += 2) {
    if (isHeader(lines[i] ?? '')) i++
    const label = lines[i]
    if (label === undefined) return
    const { path, number } = placeIn(lines[i + 1] ?? '')
    chain.frame(path, lineNumber(number), label)
  }
}

function isHeader(line: string): boolean {
  return line.startsWith('goroutine') && line.endsWith(':') && /\brunning\b/.test(line)
}

/** The first `path:number` in a line. A regular expression for it would take quadratic time. */
function placeIn(line: string): { path: string; number: string } {
  let start = 0
  for (let i = 0; i < line.length; i++) {
    const isColon = line[i] === ':'
    if (isColon && i > start) {
      const [number] = /^\d+/.exec(line.slice(i + 1, i + 12)) ?? []
      if (number !== undefined) return { path: line.slice(start, i), number }
    }
    if (isColon || /\s/.test(line[i] ?? '')) start = i + 1
  }
  return { path: '', number: '' }
}
