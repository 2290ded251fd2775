/**
 * Finds a key in the text of a config: each key of `path` is searched inside the braces of the one before it.
 *
 * @returns its line, from 1, or that of its nearest parent; undefined if the text has none of them, as when the config
 *   is computed
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

/** Replaces comments and the contents of strings by blanks of the same length, so that only keys are found. */
function blank(text: string): string {
  const erase = (part: string): string => part.replace(/[^\n]/g, ' ')
  const pattern = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|(["'`])(?:\\.|(?!\1)[^\\])*\1(\s*:)?/g
  return text.replace(pattern, (part, _quote, colon?: string) => (colon === undefined ? erase(part) : part))
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

/** The end of the value after the key at `at`: its closing brace, or the next comma. */
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
