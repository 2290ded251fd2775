import { useEffect, useRef, useState } from 'preact/hooks'
import { parseFilter } from '../trace/filter/parse-filter.ts'
import { FilterError, type Token, tokenise } from '../trace/filter/tokenise.ts'
import type { KnownNames } from '../trace/api/page-answers.ts'
import { readAgent } from './api.ts'
import { Icon } from './outcome.tsx'
import { change, urlOf } from './page-location.ts'
import { suggest, type Suggestion } from './suggest.ts'

const NOTHING: KnownNames = { services: [], annotations: [], users: [] }

/** The filter of the list, with what could be written in it. */
export function FilterBox({ q, problem }: { q: string; problem: string }) {
  const [text, setText] = useState(q)
  const [wrong, setWrong] = useState<FilterError | undefined>(undefined)
  const [names, setNames] = useState(NOTHING)
  const [caret, setCaret] = useState<number | undefined>(undefined)
  const [at, setAt] = useState(0)
  const input = useRef<HTMLInputElement>(null)
  const shown = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    setText(q)
    setWrong(undefined)
  }, [q])
  const { from, to, items } = caret === undefined ? { from: 0, to: 0, items: [] } : suggest(text, caret, names)
  const write = (value: string, place: number): void => {
    setText(value)
    setWrong(undefined)
    setCaret(place)
    setAt(0)
  }
  const take = ({ text: chosen }: Suggestion): void => {
    // A quote that stands there already is not written twice.
    const isClosed = chosen.endsWith('"') && text[to] === '"'
    write(text.slice(0, from) + chosen + text.slice(isClosed ? to + 1 : to), from + chosen.length)
    // At once, not when it is drawn: what is typed next goes behind it.
    const field = input.current
    if (field === null) return
    field.value = text.slice(0, from) + chosen + text.slice(isClosed ? to + 1 : to)
    field.setSelectionRange(from + chosen.length, from + chosen.length)
    field.focus()
  }
  const clear = (): void => {
    write('', 0)
    setCaret(undefined)
  }
  const run = (): void => {
    setCaret(undefined)
    try {
      if (text.trim() !== '') parseFilter(text)
      change({ q: text.trim() }, true)
    } catch (error) {
      // What was found before stays to be seen.
      if (error instanceof FilterError) setWrong(error)
      else throw error
    }
  }
  const pressed = (event: KeyboardEvent): void => {
    const chosen = items[at]
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (items.length === 0) return
      event.preventDefault()
      setAt((at + (event.key === 'ArrowDown' ? 1 : -1) + items.length) % items.length)
    } else if (event.key === 'Tab' && chosen !== undefined && !event.shiftKey) {
      event.preventDefault()
      take(chosen)
    } else if (event.key === 'Escape' && items.length > 0) {
      event.stopPropagation()
      setCaret(undefined)
    }
  }
  const flaw = wrong?.message ?? problem
  const scroll = (): void => {
    if (shown.current !== null && input.current !== null) shown.current.scrollLeft = input.current.scrollLeft
  }
  return (
    <form
      class='qbar'
      onSubmit={(event) => {
        event.preventDefault()
        run()
      }}
    >
      <label class='field'>
        <Icon name='filter' />
        <span class='qin'>
          <span class='q' ref={shown} aria-hidden='true'>
            <Coloured text={text} wrong={wrong} />
          </span>
          <input
            id='filter-field'
            ref={input}
            class='mono'
            role='combobox'
            aria-label='Filter'
            aria-invalid={flaw !== ''}
            aria-expanded={items.length > 0}
            aria-controls='filter-suggestions'
            autoComplete='off'
            spellcheck={false}
            placeholder='service("checkout") { fault } AND responsetime > 1'
            value={text}
            onFocus={() => {
              readAgent<KnownNames>('/page/names').then(setNames, () => {})
            }}
            onBlur={() => setCaret(undefined)}
            onInput={(event) => write(event.currentTarget.value, event.currentTarget.selectionStart ?? 0)}
            onKeyDown={pressed}
            onScroll={scroll}
            onKeyUp={scroll}
          />
        </span>
      </label>
      <button type='submit' class='btn pri'>Filter</button>
      {(q !== '' || text !== '') && <a class='btn' href={urlOf('/traces')} onClick={clear}>Clear</a>}
      {items.length > 0 && (
        <ul class='pop sugs' role='listbox' id='filter-suggestions' aria-label='Suggestions'>
          {items.map((item, i) => (
            <li
              key={item.text}
              role='option'
              aria-selected={i === at}
              onMouseDown={(event) => {
                event.preventDefault()
                take(item)
              }}
            >
              <code>{item.text.trim()}</code>
              <span>{item.hint}</span>
              <span class='num cut'>{item.more}</span>
            </li>
          ))}
          <li class='quiet only-w' role='presentation'>
            <span>
              <kbd>↑</kbd> <kbd>↓</kbd> choose, <kbd>Tab</kbd> take, <kbd>Enter</kbd> run, <kbd>Esc</kbd> close
            </span>
          </li>
        </ul>
      )}
      {flaw !== '' && (
        <span class='st error' role='status'>
          <Icon name='error' />
          {flaw}
        </span>
      )}
    </form>
  )
}

/** The expression with its keywords, texts and signs apart, and a line under what is wrong. */
function Coloured({ text, wrong }: { text: string; wrong: FilterError | undefined }) {
  let tokens: Token[]
  try {
    tokens = tokenise(text)
  } catch {
    return <>{text}</>
  }
  const parts = tokens.map((token, i) => {
    const gap = text.slice(tokens[i - 1]?.end ?? 0, token.at)
    const piece = text.slice(token.at, token.end)
    const isWrong = wrong !== undefined && token.at >= wrong.at && token.at < wrong.end
    const body = token.kind === 'word'
      ? <b>{piece}</b>
      : token.kind === 'text'
      ? <i>{piece}</i>
      : token.kind === 'sign'
      ? <u>{piece}</u>
      : piece
    return [gap, isWrong ? <span key={token.at} class='wrong'>{piece === '' ? ' ' : body}</span> : body]
  })
  return <>{parts}</>
}
