import type { Suggestion } from './suggest.ts'
import './suggestion-list.css'

/**
 * What could be written in the filter.
 *
 * @param id of the list, for the field that it belongs to
 * @param selected the index of the suggestion that the keyboard would insert
 * @param onInsert takes the suggestion that the user clicks
 */
export function SuggestionList({ id, items, selected, onInsert }: {
  id: string
  items: readonly Suggestion[]
  selected: number
  onInsert: (suggestion: Suggestion) => void
}) {
  if (items.length === 0) return null
  return (
    <ul class='pop sugs' role='listbox' id={id} aria-label='Suggestions'>
      {items.map((item, i) => (
        <li
          key={item.text}
          role='option'
          aria-selected={i === selected}
          onMouseDown={(event) => {
            // The field keeps the focus.
            event.preventDefault()
            onInsert(item)
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
  )
}
