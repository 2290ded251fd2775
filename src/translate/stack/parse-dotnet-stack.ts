import { type ExceptionChain, lineNumber, linesOf } from './exception.ts'

const FRAME = '   at '

/** Reads `Exception.ToString()` of .NET. */
export function parseDotnetStack(text: string, chain: ExceptionChain): void {
  for (const line of linesOf(text).slice(1)) {
    if (!line.startsWith(FRAME)) continue
    const [label = '', place] = line.split(' in ')
    if (place !== undefined) {
      const colon = place.lastIndexOf(':')
      const number = colon < 0 ? '' : place.slice(colon + 1).replace(/^line ?/, '')
      chain.frame(colon < 0 ? place : place.slice(0, colon), lineNumber(number), label.slice(FRAME.length))
    } else {
      const paren = line.lastIndexOf(')')
      if (paren >= 0) chain.frame('', 0, line.slice(FRAME.length, paren + 1))
    }
  }
}
