/**
 * The line, from 1, in which a key of a config stands: each key of `path` is looked for inside the braces of the one
 * before it. Undefined if it is not there as such, as when it was computed.
 */
export function locateKey(text: string, path: readonly string[]): number | undefined {
  const code = blank(text)
  let at = 0
  let end = code.length
  for (const key of path) {
    if (/^\d+$/.test(key)) continue
    const found = findKey(code, key, at, end)
    if (found === undefined) return at === 0 ? undefined : lineOf(text, at)
    at = found
    end = blockEnd(code, found, end)
  }
  return path.length === 0 ? undefined : lineOf(text, at)
}

/** Comments and the contents of strings become blanks of the same length, so that only keys are found. */
function blank(text: string): string {
  const keep = (part: string): string => part.replace(/[^\n]/g, ' ')
  const pattern = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|(["'`])(?:\\.|(?!\1)[^\\])*\1(\s*:)?/g
  return text.replace(pattern, (part, _quote, colon?: string) => (colon === undefined ? keep(part) : part))
}

function findKey(code: string, key: string, from: number, to: number): number | undefined {
  const name = key.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  const pattern = new RegExp(`(?:^|[\\s{,(])["']?(${name})["']?\\s*(?=[:,}(]|$)`, 'gm')
  pattern.lastIndex = from
  const match = pattern.exec(code)
  if (match === null) return undefined
  const at = match.index + match[0].indexOf(match[1] ?? '')
  return at < to ? at : undefined
}

/** Where the braces that open behind `at` close. */
function blockEnd(code: string, at: number, end: number): number {
  let depth = 0
  for (let i = at; i < end; i++) {
    if (code[i] === '{') depth++
    else if (code[i] === '}' && --depth <= 0) return i
    else if (code[i] === ',' && depth === 0) return i
  }
  return end
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length
}
