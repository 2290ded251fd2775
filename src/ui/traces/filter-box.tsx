import { useEffect, useRef, useState } from 'preact/hooks'
import { parseFilter } from '../../trace/filter/parse-filter.ts'
import { FilterError } from '../../trace/filter/tokenise.ts'
import { useKeys } from '../hooks/use-keys.ts'
import { ErrorText } from '../kit/error-text.tsx'
import { Icon } from '../kit/icon.tsx'
import { changeQuery, urlOf } from '../route.ts'
import './filter-box.css'
import { FilterText } from './filter-text.tsx'
import type { Suggestion } from './suggest.ts'
import { SuggestionList } from './suggestion-list.tsx'
import { useSuggestions } from './use-suggestions.ts'

const SUGGESTIONS_ID = 'filter-suggestions'

/** The filter of the list. @param filter the expression in force @param problem why the server rejected it, or empty */
export function FilterBox({ filter, problem }: { filter: string; problem: string }) {
  const [text, setText] = useState(filter)
  const [wrong, setWrong] = useState<FilterError | undefined>(undefined)
  const { items, selected, ...suggestions } = useSuggestions(text)
  const input = useRef<HTMLInputElement>(null)
  const coloured = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    setText(filter)
    setWrong(undefined)
  }, [filter])
  useKeys({
    f: (event) => {
      event.preventDefault()
      input.current?.focus()
    },
  })
  const write = (value: string, caret: number): void => {
    setText(value)
    setWrong(undefined)
    suggestions.setCaret(caret)
  }
  const insert = (suggestion: Suggestion): void => {
    const inserted = suggestions.insert(suggestion)
    write(inserted.text, inserted.caret)
    // At once, not when it is drawn: what is typed next goes after it.
    const field = input.current
    if (field === null) return
    field.value = inserted.text
    field.setSelectionRange(inserted.caret, inserted.caret)
    field.focus()
  }
  const clear = (): void => {
    write('', 0)
    suggestions.setCaret(undefined)
  }
  const apply = (): void => {
    suggestions.setCaret(undefined)
    try {
      if (text.trim() !== '') parseFilter(text)
      changeQuery({ q: text.trim() }, true)
    } catch (error) {
      // The list stays as it was.
      if (error instanceof FilterError) setWrong(error)
      else throw error
    }
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (items.length === 0) return
    const chosen = items[selected]
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      suggestions.select(event.key === 'ArrowDown' ? 1 : -1)
    } else if (event.key === 'Tab' && chosen !== undefined && !event.shiftKey) {
      event.preventDefault()
      insert(chosen)
    } else if (event.key === 'Escape') {
      event.stopPropagation()
      suggestions.setCaret(undefined)
    }
  }
  const issue = wrong?.message ?? problem
  const scroll = (): void => {
    if (coloured.current !== null && input.current !== null) coloured.current.scrollLeft = input.current.scrollLeft
  }
  return (
    <form
      class='strip'
      onSubmit={(event) => {
        event.preventDefault()
        apply()
      }}
    >
      <label class='field'>
        <Icon name='filter' />
        <span class='qin'>
          <span class='q' ref={coloured} aria-hidden='true'>
            <FilterText text={text} wrong={wrong} />
          </span>
          <input
            id='filter-field'
            ref={input}
            class='mono'
            role='combobox'
            aria-label='Filter'
            aria-invalid={issue !== ''}
            aria-expanded={items.length > 0}
            aria-controls={SUGGESTIONS_ID}
            autoComplete='off'
            spellcheck={false}
            placeholder='service("checkout") { fault } AND responsetime > 1'
            value={text}
            onFocus={suggestions.readNames}
            onBlur={() => suggestions.setCaret(undefined)}
            onInput={(event) => write(event.currentTarget.value, event.currentTarget.selectionStart ?? 0)}
            onKeyDown={onKeyDown}
            onScroll={scroll}
            onKeyUp={scroll}
          />
        </span>
      </label>
      <button type='submit' class='btn pri'>Filter</button>
      {(filter !== '' || text !== '') && <a class='btn' href={urlOf('/traces')} onClick={clear}>Clear</a>}
      <SuggestionList id={SUGGESTIONS_ID} items={items} selected={selected} onInsert={insert} />
      <ErrorText text={issue} />
    </form>
  )
}
