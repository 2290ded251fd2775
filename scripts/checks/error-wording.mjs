// Errors are worded alike: sentence case, no full stop.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isTest, sourceFiles } from './source-files.mjs'
import { sourceParts } from './source-parts.mjs'

/**
 * Checks the messages that errors are made with. No message ends with a full stop; those that a person reads as they
 * are, which is so in the folders named, begin with a capital letter.
 *
 * @param folder the source tree
 * @param options `sentences`: folders whose messages stand alone, and are no part of another
 * @returns what is wrong, one text for each
 */
export function errorWording(folder, { sentences = ['cli', 'admin', 'agent', 'config', 'otlp', 'trace'] } = {}) {
  return sourceFiles(folder, /\.tsx?$/).filter((file) => !isTest(file)).flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8')
    const isSentence = sentences.includes(file.split('/')[0])
    return messagesOf(text).filter(({ first, last }) => /[^.]\.$/.test(last) || (isSentence && /^[a-z]/.test(first)))
      .map(({ line, first, last }) =>
        `src/${file}:${line}: "${first === last ? first : `${first}…${last}`}" is not worded as errors are`
      )
  })
}

/** The messages of a file's `new …Error(…)`: their first text and their last, which differ in one made of several. */
function messagesOf(text) {
  const { code } = sourceParts(text)
  return [...code.matchAll(/\bnew \w*Error\(/g)].flatMap((match) => {
    // A class of errors takes the message first, or after a code such as 'busy'.
    const texts = textsOfArguments(text, code, match.index + match[0].length).slice(0, 2)
    const message = texts.find((parts, i) => parts.length > 0 && (i > 0 || !/^[a-z-]+$/.test(parts.join(''))))
    if (message === undefined) return []
    return [{ line: text.slice(0, match.index).split('\n').length, first: message[0], last: message.at(-1) }]
  })
}

/** For each argument of a call whose bracket opened before `from`: the texts in it, without their quotes. */
function textsOfArguments(text, code, from) {
  const all = [[]]
  let depth = 1
  for (let at = from; at < code.length && depth > 0; at++) {
    const char = code[at]
    if ('([{'.includes(char)) depth++
    else if (')]}'.includes(char)) depth--
    else if (char === ',' && depth === 1) all.push([])
    else if (`'"`.includes(char) || char === '`') {
      const end = endOf(code, at)
      if (depth === 1) all.at(-1).push(text.slice(at + 1, end))
      at = end
    }
  }
  return all
}

/** Where a text ends whose quote is at `from`; a template's `${…}` is part of it. */
function endOf(code, from) {
  let braces = 0
  for (let at = from + 1; at < code.length; at++) {
    if (code[at] === '{') braces++
    else if (code[at] === '}') braces--
    else if (code[at] === code[from] && braces === 0) return at
  }
  return code.length
}
