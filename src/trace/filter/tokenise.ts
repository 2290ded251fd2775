/** A piece of a filter expression. */
export interface Token {
  readonly kind: 'word' | 'text' | 'number' | 'sign' | 'json' | 'end'
  /** As it stands there; of a text, what is between the quotes, without escapes. */
  readonly value: string
  /** Where it starts, and where what is behind it starts, from 0. */
  readonly at: number
  readonly end: number
}

/** A filter expression is not well-formed. */
export class FilterError extends Error {
  override readonly name = 'FilterError'

  /**
   * @param at where in the expression, from 0
   * @param end where the wrong piece ends
   */
  constructor(message: string, readonly at: number, readonly end: number) {
    super(`${message}, at character ${at + 1}`)
  }
}

const pattern = /\s+|(<=|>=|!=|[=<>!(){}[\],:])|([A-Za-z_][\w.]*)|([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y

/** Cuts an expression into tokens; the last one is `end`. @throws {FilterError} */
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

function endOfText(text: string, at: number): number {
  const quote = text[at]
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === quote) return i + 1
  }
  throw new FilterError('The text has no closing quote', at, text.length)
}

/** Behind the bracket that closes the one behind `#`. */
function endOfJson(text: string, at: number): number {
  let depth = 0
  for (let i = at + 1; i < text.length; i++) {
    const c = text[i]
    if (c === '"') i = endOfText(text, i) - 1
    else if (c === '[' || c === '{') depth++
    else if ((c === ']' || c === '}') && --depth === 0) return i + 1
    else if (depth === 0 && c?.trim() !== '') break
  }
  throw new FilterError('Expected JSON behind "#", such as #[{"Services": []}]', at, text.length)
}
