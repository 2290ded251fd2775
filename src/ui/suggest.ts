import { flags, numbers, texts } from '../trace/filter/expression.ts'
import type { KnownNames } from '../trace/api/page-answers.ts'

/** Something that could be written at the caret. */
export interface Suggestion {
  readonly text: string
  /** What it is. */
  readonly hint: string
  /** Examples of values. */
  readonly more: string
}

/** What could be written, and which part of the text it takes the place of. */
export interface Suggestions {
  readonly from: number
  readonly to: number
  readonly items: readonly Suggestion[]
}

const MOST = 8

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

/** What could be written at a place in a filter expression. */
export function suggest(text: string, caret: number, names: KnownNames): Suggestions {
  const before = text.slice(0, caret)
  const found = (typed: string, items: readonly Suggestion[]): Suggestions => ({
    from: caret - typed.length,
    to: caret,
    items: items.slice(0, MOST),
  })
  const startsWith = (value: string, typed: string): boolean => value.toLowerCase().startsWith(typed.toLowerCase())

  const service = /(?:service|edge)\(\s*(?:"[^"]*"\s*,\s*)?("?([^"()]*))$/i.exec(before)
  if (service !== null) {
    const [, typed = '', name = ''] = service
    const list = names.services.filter((one) => startsWith(one, name))
    return found(typed, list.map((one) => ({ text: JSON.stringify(one), hint: 'service', more: '' })))
  }
  const value = /annotation(?:\[\s*([\w.]+)\s*\]|\.([\w.]+))\s*(?:!?=|CONTAINS|BEGINSWITH)\s*("?([^"]*))$/i.exec(before)
  if (value !== null) {
    const [, bracket, dotted, typed = '', start = ''] = value
    const known = names.annotations.find(({ key }) => key === (bracket ?? dotted))
    const list = (known?.values ?? []).filter((one) => startsWith(String(one), start))
    return found(typed, list.map((one) => ({ text: JSON.stringify(one), hint: typeof one, more: '' })))
  }
  const key = /annotation(?:\[\s*|\.)([\w.]*)$/i.exec(before)
  const word = /[A-Za-z][\w.]*$/.exec(before)?.[0] ?? ''
  if (key !== null || 'annotation'.startsWith(word.toLowerCase()) && word.length > 1) {
    const typed = key === null ? word : key[0]
    const list = names.annotations.filter((one) => startsWith(one.key, key?.[1] ?? ''))
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
    const list = names.users.filter((one) => startsWith(one, start))
    return found(typed, list.map((one) => ({ text: JSON.stringify(one), hint: 'user', more: '' })))
  }
  // Within a text, and behind a comparison, there is nothing to propose.
  const isInText = (before.match(/"/g)?.length ?? 0) % 2 === 1
  if (isInText || /[=<>]\s*[^\s)}]*$/.test(before)) return found('', [])
  const isAfterTerm = word === '' && /[\w"'\])}]\s+$/.test(before)
  const list = keywords.filter(({ text: one }) => startsWith(one, word) && one.trim() !== word)
  return found(word, isAfterTerm ? list.filter(({ text: one }) => /^(AND|OR) $/.test(one)) : list)
}
