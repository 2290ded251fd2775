import { type ExceptionChain, lineNumber } from './exception.ts'

const FILE = '  File '
const LINKS = [
  'During handling of the above exception, another exception occurred:',
  'The above exception was the direct cause of the following exception:',
]

/** Reads what Python's `traceback` writes: the last exception first, its causes above it. */
export function parsePythonStack(text: string, chain: ExceptionChain): void {
  const lines = text.split('\n')
  for (let i = lines.length - 2; i >= 0; i--) {
    const line = lines[i] ?? ''
    if (line.startsWith(FILE)) readFrame(line, chain)
    else if (LINKS.some((link) => line.startsWith(link))) {
      let file = i - 1
      while (file >= 0 && !lines[file]?.startsWith(FILE)) file--
      if (file < 0) return
      // The message is what comes after the frame and its source line, up to the empty line.
      const message = lines.slice(file + 2, i - 1).join('\n')
      const colon = message.indexOf(':')
      if (colon < 0) return
      chain.causedBy(message.slice(0, colon), message.slice(colon + 2))
      i = file + 1
    }
  }
}

function readFrame(line: string, chain: ExceptionChain): void {
  const parts = line.split(',')
  if (parts.length !== 3) return
  const [file = '', number = '', label = ''] = parts
  chain.frame(
    file.slice(8, -1),
    number.startsWith(' line ') ? lineNumber(number.slice(6)) : 0,
    label.startsWith(' in ') ? label.slice(4) : '',
  )
}
