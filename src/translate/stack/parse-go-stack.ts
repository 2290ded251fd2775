import { type ExceptionChain, lineNumber, linesOf } from './exception.ts'

/** Reads `debug.Stack()` of Go: a line with the function, then one with its file and line. */
export function parseGoStack(text: string, chain: ExceptionChain): void {
  const lines = linesOf(text).slice(1)
  for (let i = 0; i < lines.length; i += 2) {
    if (/^goroutine.*\brunning\b.*:$/.test(lines[i] ?? '')) i++
    const label = lines[i]
    if (label === undefined) return
    const [, path = '', number = ''] = /([^:\s]+):(\d+)/.exec(lines[i + 1] ?? '') ?? []
    chain.frame(path, lineNumber(number), label)
  }
}
