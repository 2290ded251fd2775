// Splits source text into code, comments and texts, so that a rule about code does not stumble over a comment.

const CODE = 0
const COMMENT = 1
const TEXT = 2
const REGEX = 3

/** A slash after one of these characters or words opens a regular expression. */
const BEFORE_REGEX = /(^|[([{,;:=!&|?+\-*%~^<>}]|\b(?:return|typeof|case|in|of|throw|await|yield|default))\s*$/

/**
 * Splits TypeScript, JSX or CSS. It is no parser: text between JSX tags counts as code.
 *
 * @returns texts as long as `text`, with the same line ends, in which blanks stand for what was left out: `code` has no
 *   comments and nothing between quotes, `prose` has comments and what is between quotes alone
 */
export function sourceParts(text, language = 'ts') {
  const kinds = kindsOf(text, language)
  /** The stretches of the given kinds, and blanks for the others. */
  const only = (...kept) => {
    let part = ''
    for (let from = 0, to; from < text.length; from = to) {
      const kind = kinds[from]
      to = from + 1
      while (kinds[to] === kind) to++
      const stretch = text.slice(from, to)
      part += kept.includes(kind) ? stretch : stretch.replace(/[^\n]/g, ' ')
    }
    return part
  }
  return { code: only(CODE), prose: only(COMMENT, TEXT) }
}

function kindsOf(text, language) {
  const kinds = new Uint8Array(text.length)
  /** For each template that is open: how many braces are open within its `${`. */
  const templates = []
  let at = 0
  const mark = (kind, end) => {
    kinds.fill(kind, at, end)
    at = end
  }
  const template = () => {
    const end = endOfTemplate(text, at)
    mark(TEXT, end)
    if (text[at] === '`') at++
    else if (at < text.length) {
      at += 2
      templates.push(0)
    }
  }
  while (at < text.length) {
    const char = text[at]
    if (text.startsWith('/*', at)) mark(COMMENT, endAfter(text, '*/', at + 2))
    else if (language !== 'css' && text.startsWith('//', at)) mark(COMMENT, endOfLine(text, at))
    else if (char === "'" || char === '"') {
      const isApostrophe = language !== 'css' && /\w/.test(text[at - 1] ?? '') && /\w/.test(text[at + 1] ?? '')
      at++
      if (!isApostrophe) {
        mark(TEXT, endOfText(text, at, char))
        if (text[at] === char) at++
      }
    } else if (language === 'css') at++
    else if (char === '`') {
      at++
      template()
    } else if (char === '{' && templates.length > 0) {
      templates[templates.length - 1]++
      at++
    } else if (char === '}' && templates.length > 0) {
      at++
      if (templates[templates.length - 1] > 0) templates[templates.length - 1]--
      else {
        templates.pop()
        template()
      }
    } else if (char === '/') {
      const end = endOfRegex(text, at)
      if (end === undefined) at++
      else mark(REGEX, end)
    } else at++
  }
  return kinds
}

function endAfter(text, mark, from) {
  const found = text.indexOf(mark, from)
  return found === -1 ? text.length : found + mark.length
}

function endOfLine(text, from) {
  const found = text.indexOf('\n', from)
  return found === -1 ? text.length : found
}

/** The end of a text in quotes, which ends with its line at the latest: an apostrophe in JSX opens none. */
function endOfText(text, from, quote) {
  let at = from
  while (at < text.length && text[at] !== quote && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1
  return Math.min(at, text.length)
}

function endOfTemplate(text, from) {
  let at = from
  while (at < text.length && text[at] !== '`' && !text.startsWith('${', at)) at += text[at] === '\\' ? 2 : 1
  return Math.min(at, text.length)
}

/** Where the regular expression ends that opens at `from`; undefined if the slash divides, or belongs to a JSX tag. */
function endOfRegex(text, from) {
  if (text[from + 1] === '>' || text[from - 1] === '<') return undefined
  if (!BEFORE_REGEX.test(text.slice(Math.max(0, from - 80), from))) return undefined
  let isClass = false
  for (let at = from + 1; at < text.length && text[at] !== '\n'; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '[') isClass = true
    else if (text[at] === ']') isClass = false
    else if (text[at] === '/' && !isClass) return at + 1
  }
  return undefined
}
