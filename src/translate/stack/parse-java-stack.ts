import { type ExceptionChain, lineNumber, linesOf } from './exception.ts'

const CAUSE = 'Caused by: '

/** Reads what `Throwable.printStackTrace` writes, and PHP's OpenTelemetry SDK in the same form. */
export function parseJavaStack(text: string, chain: ExceptionChain): void {
  const lines = linesOf(text)
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] ?? ''
    if (isFrame(line)) readFrame(line, chain)
    else if (line.startsWith(CAUSE)) i = readCause(lines, i, chain)
  }
}

function isFrame(line: string): boolean {
  return line.startsWith('\tat ') && line.includes('(') && line.endsWith(')')
}

function readFrame(line: string, chain: ExceptionChain): void {
  const paren = line.indexOf('(')
  const label = line.slice(4, paren)
  const [path = '', number = ''] = splitOnce(line.slice(paren + 1, -1), ':')
  // A class loader or module comes first, with a slash after it.
  chain.frame(path, lineNumber(number), label.slice(label.indexOf('/') + 1))
}

/** Reads `Caused by: type: message`, whose message may have several lines. @returns the index of its last line */
function readCause(lines: string[], first: number, chain: ExceptionChain): number {
  const [type = '', rest] = splitOnce((lines[first] ?? '').slice(CAUSE.length), ':')
  let message = rest?.slice(1) ?? ''
  let i = first
  if (rest !== undefined) {
    for (let next = lines[i + 1]; next !== undefined && !isFrame(next); next = lines[i + 1]) {
      message += next
      i++
    }
  }
  chain.causedBy(type, message)
  return i
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}
