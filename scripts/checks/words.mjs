// Words that must not come back: in code, comments, messages, names of files, tests, CSS and docs.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bannedWords } from './banned-words.mjs'
import { sourceFiles } from './source-files.mjs'
import { sourceParts } from './source-parts.mjs'

/** The folders and files that are read, and what of them. */
const readable = { src: /\.(tsx?|css|html)$/, scripts: /\.(mjs|ts|sh)$/, test: /\.(ts|mjs)$/, docs: /\.md$/ }
const topLevel = /^(README|CONTRIBUTING|CHANGELOG)\.md$|^config\.ts$/

/** Files that quote the words. */
const quoting = new Set(['scripts/checks/banned-words.mjs', 'scripts/checks/words.test.ts'])

/**
 * Looks for words that must not be used.
 *
 * @param root the repository
 * @param options `banned`: the words
 * @returns one text for each: file, line, word, and what to write instead
 */
export function words(root, { banned = bannedWords } = {}) {
  const files = [
    ...sourceFiles(root, topLevel),
    ...Object.entries(readable).flatMap(([folder, pattern]) =>
      sourceFiles(join(root, folder), pattern).map((file) => `${folder}/${file}`)
    ),
  ].filter((file) => !quoting.has(file) && !file.startsWith('test/golden/'))
  return files.flatMap((file) => [
    ...pathIssues(file, banned),
    ...bannedWordsIn(textOf(root, file), file, banned).map(({ line, found, use }) =>
      `${file}:${line}: "${found}" → ${use}`
    ),
  ])
}

/** The text of a file. The changelog may quote names that are gone. */
function textOf(root, file) {
  const text = readFileSync(join(root, file), 'utf8')
  return file === 'CHANGELOG.md' ? text.replace(/`[^`\n]*`/g, blank) : text
}

/** Looks for words in the name of a file, which is that of an export. */
function pathIssues(file, banned) {
  const base = file.split('/').pop().replace(/(\.test)?\.\w+$/, '')
  const camel = base.replace(/-(\w)/g, (_, first) => first.toUpperCase())
  const pascal = camel.replace(/^./, (first) => first.toUpperCase())
  const found = bannedWordsIn(`${base}\n${camel} ${pascal}`, file, banned.filter(({ where }) => where !== 'parameter'))
  return [...new Set(found.map(({ use }) => `${file}: its name → ${use}`))]
}

/**
 * Looks for words in a text.
 *
 * @param text the text
 * @param file its path, relative to the repository, which says what language it is
 * @param banned the words
 * @returns for each its line, what was found, and what to write instead, by line
 */
export function bannedWordsIn(text, file, banned = bannedWords) {
  const parts = partsOf(text, file)
  const views = {
    any: phrasesOf(text),
    code: phrasesOf(parts.code),
    prose: phrasesOf(parts.prose),
    name: namesOf(parts.code),
    parameter: parametersOf(parts.code),
  }
  const found = new Map()
  for (const { word, use, unless, where = 'any', files } of banned) {
    if (files?.test(file) === false) continue
    for (const piece of views[where]) {
      if (!word.test(piece.text)) continue
      const rest = unless === undefined ? piece.text : piece.text.replace(everywhere(unless), blank)
      for (const match of rest.matchAll(everywhere(word))) {
        const line = piece.lineAt(match.index)
        // One word on one line is one thing to change, however often it stands there.
        if (!found.has(`${line} ${use}`)) found.set(`${line} ${use}`, { line, found: match[0].trim(), use })
      }
    }
  }
  return [...found.values()].sort((a, b) => a.line - b.line)
}

function everywhere({ source }) {
  return new RegExp(source, 'g')
}

/** As many blanks, with the same line ends. */
function blank(text) {
  return text.replace(/[^\n]/g, '\0')
}

/** Code and prose of a file. Of Markdown what stands between backticks is code. */
function partsOf(text, file) {
  if (file.endsWith('.md')) {
    const code = /(```[^]*?```|`[^`\n]*`)/
    const stretches = text.split(code)
    const only = (kept) => stretches.map((stretch, i) => i % 2 === kept ? stretch : blank(stretch)).join('')
    return { code: only(1), prose: only(0) }
  }
  return sourceParts(text, /\.(css|html|sh)$/.test(file) ? 'css' : 'ts')
}

/** A text in lower case with its names taken apart, in pieces that end where a line does, if no comment goes on. */
function phrasesOf(text) {
  const pieces = []
  let line = 1
  for (const block of text.split(/\n(?!\s*(?:\*(?!\/)|\/\/)\s?\S)/)) {
    let phrase = ''
    const starts = []
    for (const [i, lineText] of block.split('\n').entries()) {
      const bare = i === 0 ? lineText : lineText.replace(/^\s*(\*|\/\/)\s*/, ' ')
      starts.push(phrase.length)
      phrase += bare.replace(/([a-z\d])([A-Z])/g, '$1 $2').replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
        .replaceAll('_', ' ').toLowerCase()
    }
    const first = line
    pieces.push({ text: phrase, lineAt: (at) => first + starts.findLastIndex((start) => start <= at) })
    line += starts.length
  }
  return pieces
}

/** The names on each line. */
function namesOf(code) {
  return code.split('\n').flatMap((line, i) =>
    [...new Set(line.match(/#?[A-Za-z_$][\w$]*/g))].map((name) => ({ text: name, lineAt: () => i + 1 }))
  )
}

/** Names of parameters: those with a type, and those of functions with an arrow. */
function parametersOf(code) {
  const arrows = /\(([^()]*)\)\s*(?::[^=()]+)?=>/g
  const typed = /(?<=[(,]\s*(?:\.\.\.|(?:private|public|protected|readonly|override)\s+)*)([A-Za-z_$][\w$]*)\??: /g
  const found = []
  const add = (name, at) => found.push({ text: name, lineAt: () => code.slice(0, at).split('\n').length })
  for (const match of code.matchAll(arrows)) {
    for (const part of match[1].matchAll(/(^|,)\s*(?:\.\.\.)?([A-Za-z_$][\w$]*)(?=\s*(,|$))/g)) {
      add(part[2], match.index)
    }
  }
  for (const match of code.matchAll(typed)) if (isInBrackets(code, match.index)) add(match[1], match.index)
  return found
}

/** True if the innermost bracket around a position is round, so that what stands there is no member of an object. */
function isInBrackets(code, from) {
  let depth = 0
  for (let at = from - 1; at >= 0; at--) {
    if (')]}'.includes(code[at])) depth++
    else if ('([{'.includes(code[at]) && depth-- === 0) return code[at] === '('
  }
  return false
}
