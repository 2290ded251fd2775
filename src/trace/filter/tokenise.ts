/** A piece of a filter expression. */
export interface Token {
  readonly kind: 'word' | 'text' | 'number' | 'sign' | 'json' | 'end'
  /** The characters of the token; of a text, the characters between the quotes, unescaped. */
  readonly value: string
  /** Where it starts, and where it ends (exclusive), from 0. */
  readonly at: number
  readonly end: number
}

/** A filter expression is not well-formed. */
export class FilterError extends Error {
  override readonly name = 'FilterError'

  /**
   * @param at where in the expression the error starts, from 0
   * @param end where it ends, exclusive
   */
  constructor(message: string, readonly at: number, readonly end: number) {
    super(`${message}, at character ${at + 1}`)
  }
}

const pattern = /\s+|(<=|>=|!=|[=<>!(){}[\],:])|([A-Za-z_][\w.]*)|([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y

/** Splits an expression into tokens; the last one is `end`. @throws {FilterError} at characters that start no token */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const first = text[at]
    if (first === '"' || first === "'") {
      const end = endOfText(text, at)
      tokens.push({ kind: 'text', value: text.slice(at + 1, end - 1).replace(/\\(.)/gs, '$1'), at, end })
      at = end
      continue
    }
    if (first === '#') {
      const end = endOfJson(text, at)
      tokens.push({ kind: 'json', value: text.slice(at + 1, end), at, end })
      at = end
      continue
    }
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match === null) throw new FilterError(`"${first}" has no meaning here`, at, at + 1)
    const end = pattern.lastIndex
    const [, sign, word, number] = match
    if (sign !== undefined) tokens.push({ kind: 'sign', value: sign, at, end })
    else if (word !== undefined) tokens.push({ kind: 'word', value: word, at, end })
    else if (number !== undefined) tokens.push({ kind: 'number', value: number, at, end })
    at = end
  }
  tokens.push({ kind: 'end', value: '', at: text.length, end: text.length })
  return tokens
}

/** The position after the closing quote. @param at the position of the opening quote */
function endOfText(text: string, at: number): number {
  const quote = text[at]
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === quote) return i + 1
  }
  throw new FilterError('The text has no closing quote', at, text.length)
}

/** The position after the bracket that closes the JSON. @param at the position of `#` */
function endOfJson(text: string, at: number): number {
  let depth = 0
  for (let i = at + 1; i < text.length; i++) {
    const c = text[i]
    if (c === '"') i = endOfText(text, i) - 1
    else if (c === '[' || c === '{') depth++
    else if ((c === ']' || c === '}') && --depth === 0) return i + 1
    else if (depth === 0 && c?.trim() !== '') break
  }
  throw new FilterError('Expected JSON after "#", such as #[{"Services": []}]', at, text.length)
}
