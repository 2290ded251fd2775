import { flags, numbers, texts } from '../../trace/filter/expression.ts'
import type { KnownNames } from '../../trace/api/page-answers.ts'

/** Something that could be written at the caret. */
export interface Suggestion {
  readonly text: string
  /** The kind of thing that it is. */
  readonly hint: string
  /** Examples of values; may be empty. */
  readonly more: string
}

/** What could be written at the caret. */
export interface Suggestions {
  /** The part of the text that a suggestion replaces. */
  readonly from: number
  readonly to: number
  readonly items: readonly Suggestion[]
}

const MAX_SUGGESTIONS = 8

const keywords: readonly Suggestion[] = [
  ...flags.map((text) => ({ text, hint: 'yes or no', more: '' })),
  ...numbers.map((text) => ({ text: `${text} `, hint: 'number', more: text === 'http.status' ? '= 500' : '> 0.5' })),
  ...texts.map((text) => ({ text: `${text} `, hint: 'text', more: 'CONTAINS "…"' })),
  { text: 'service("', hint: 'a service', more: 'service("…") { fault }' },
  { text: 'edge("', hint: 'calls from one to another', more: 'edge("…", "…")' },
  { text: 'annotation[', hint: 'an annotation', more: 'annotation[key] = "…"' },
  { text: 'group.name = "', hint: 'a group', more: '' },
  { text: 'rootcause.fault.service { ', hint: 'where faults begin', more: 'name = "…" }' },
  { text: 'AND ', hint: 'both', more: '' },
  { text: 'OR ', hint: 'one of both', more: '' },
]

/**
 * Suggests what could be written in a filter expression.
 *
 * @param text the expression so far
 * @param caret the index in it before which something is written
 * @param names of services, annotations and users in the store
 */
export function suggest(text: string, caret: number, names: KnownNames): Suggestions {
  const before = text.slice(0, caret)
  const found = (typed: string, items: readonly Suggestion[]): Suggestions => ({
    from: caret - typed.length,
    to: caret,
    items: items.slice(0, MAX_SUGGESTIONS),
  })
  const startsWith = (value: string, typed: string): boolean => value.toLowerCase().startsWith(typed.toLowerCase())

  const service = /(?:service|edge)\(\s*(?:"[^"]*"\s*,\s*)?("?([^"()]*))$/i.exec(before)
  if (service !== null) {
    const [, typed = '', name = ''] = service
    const list = names.services.filter((known) => startsWith(known, name))
    return found(typed, list.map((known) => ({ text: JSON.stringify(known), hint: 'service', more: '' })))
  }
  const value = /annotation(?:\[\s*([\w.]+)\s*\]|\.([\w.]+))\s*(?:!?=|CONTAINS|BEGINSWITH)\s*("?([^"]*))$/i.exec(before)
  if (value !== null) {
    const [, bracket, dotted, typed = '', start = ''] = value
    const annotation = names.annotations.find(({ key }) => key === (bracket ?? dotted))
    const list = (annotation?.values ?? []).filter((known) => startsWith(String(known), start))
    return found(typed, list.map((known) => ({ text: JSON.stringify(known), hint: typeof known, more: '' })))
  }
  const key = /annotation(?:\[\s*|\.)([\w.]*)$/i.exec(before)
  const word = /[A-Za-z][\w.]*$/.exec(before)?.[0] ?? ''
  if (key !== null || 'annotation'.startsWith(word.toLowerCase()) && word.length > 1) {
    const typed = key === null ? word : key[0]
    const list = names.annotations.filter((known) => startsWith(known.key, key?.[1] ?? ''))
    return found(
      typed,
      list.map(({ key: name, values }) => ({
        text: `annotation[${name}]`,
        hint: typeof values[0] === 'number' ? 'number' : 'string',
        more: values.slice(0, 4).join(', '),
      })),
    )
  }
  const user = /\buser\s*!?=\s*("?([^"]*))$/i.exec(before)
  if (user !== null) {
    const [, typed = '', start = ''] = user
    const list = names.users.filter((known) => startsWith(known, start))
    return found(typed, list.map((known) => ({ text: JSON.stringify(known), hint: 'user', more: '' })))
  }
  // Within a text and after a comparison there is nothing to suggest.
  const isInText = (before.match(/"/g)?.length ?? 0) % 2 === 1
  if (isInText || /[=<>]\s*[^\s)}]*$/.test(before)) return found('', [])
  const isAfterTerm = word === '' && /[\w"'\])}]\s+$/.test(before)
  const list = keywords.filter(({ text: keyword }) => startsWith(keyword, word) && keyword.trim() !== word)
  return found(word, isAfterTerm ? list.filter(({ text: keyword }) => /^(AND|OR) $/.test(keyword)) : list)
}
