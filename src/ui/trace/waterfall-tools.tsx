import { Icon } from '../kit/icon.tsx'
import './waterfall-tools.css'

/**
 * What stands above the timeline: the field that finds rows, and buttons.
 *
 * @param find the text that is looked for; may be empty
 * @param foundCount rows that have it
 * @param isCritical whether the critical path is shown
 * @param isUnfolded whether nothing is folded
 * @param onNext goes to the next row that has the text, or to the one before
 */
export function WaterfallTools(
  { find, foundCount, isCritical, isUnfolded, onFind, onNext, onCritical, onFoldAll, onNextError }: {
    find: string
    foundCount: number
    isCritical: boolean
    isUnfolded: boolean
    onFind: (text: string) => void
    onNext: (step: 1 | -1) => void
    onCritical: () => void
    onFoldAll: () => void
    onNextError: () => void
  },
) {
  return (
    <div class='wtool'>
      <label class='field'>
        <Icon name='find' />
        <input
          placeholder='Find in this trace'
          aria-label='Find in this trace'
          value={find}
          onInput={(event) => onFind(event.currentTarget.value)}
          onKeyDown={(event) => {
            event.stopPropagation()
            if (event.key === 'Enter') onNext(event.shiftKey ? -1 : 1)
          }}
        />
        {find !== '' && <span class='quiet'>{foundCount}</span>}
      </label>
      <button type='button' class='btn only-w' aria-pressed={isCritical} onClick={onCritical}>
        Critical path
      </button>
      <button type='button' class='btn only-w' onClick={onFoldAll}>{isUnfolded ? 'Fold all' : 'Unfold all'}</button>
      <button type='button' class='btn' title='E' onClick={onNextError}>Next error</button>
    </div>
  )
}
