import { type ExceptionChain, lineNumber, linesOf } from './exception.ts'

const FRAME = '    at '

/** Reads `Error.stack` as V8 writes it. */
export function parseJavascriptStack(text: string, chain: ExceptionChain): void {
  for (const line of linesOf(text).slice(1)) {
    if (!line.startsWith(FRAME)) continue
    const paren = line.indexOf('(')
    if (paren >= 0 && !line.endsWith(')')) continue
    const label = paren < 0 ? '' : line.slice(FRAME.length, paren)
    const place = paren < 0 ? line.slice(FRAME.length) : line.slice(paren + 1, -1)
    const [path = '', number = ''] = place.split(':')
    chain.frame(path, lineNumber(number), label)
  }
}
