import { useState } from 'preact/hooks'
import type { KnownNames } from '../../trace/api/page-answers.ts'
import { readAgent } from '../api.ts'
import { suggest, type Suggestion } from './suggest.ts'

const NO_NAMES: KnownNames = { services: [], annotations: [], users: [] }

/** The suggestions for a text with a caret in it. */
export interface SuggestionState {
  readonly items: readonly Suggestion[]
  /** The index of the one that the keyboard would insert. */
  readonly selected: number
  /** Selects the next one, or the one before. */
  select(step: 1 | -1): void
  /** Suggests something for a caret position from now on; nothing for undefined. */
  setCaret(caret: number | undefined): void
  /** Reads the names that can be suggested. */
  readNames(): void
  /** The text and the caret after a suggestion was inserted. */
  insert(suggestion: Suggestion): { readonly text: string; readonly caret: number }
}

/** Suggests what could be written in a filter expression. */
export function useSuggestions(text: string): SuggestionState {
  const [names, setNames] = useState(NO_NAMES)
  const [caret, setCaret] = useState<number | undefined>(undefined)
  const [selected, setSelected] = useState(0)
  const { from, to, items } = caret === undefined ? { from: 0, to: 0, items: [] } : suggest(text, caret, names)
  return {
    items,
    selected,
    select: (step) => setSelected((selected + step + items.length) % items.length),
    setCaret(position) {
      setCaret(position)
      if (position !== undefined) setSelected(0)
    },
    readNames: () => void readAgent<KnownNames>('/page/names').then(setNames, () => {}),
    insert(suggestion) {
      // A quote that follows the caret is not written twice.
      const isClosed = suggestion.text.endsWith('"') && text[to] === '"'
      return {
        text: text.slice(0, from) + suggestion.text + text.slice(isClosed ? to + 1 : to),
        caret: from + suggestion.text.length,
      }
    },
  }
}
