import type { Outcome } from '../../trace/outcome.ts'
import { Icon } from './icon.tsx'
import './state-mark.css'

/** An outcome in a text. */
export function outcomeWord(outcome: Outcome): string {
  return outcome.replace('-', ' ')
}

/**
 * An outcome, as icon, word and colour.
 *
 * @param word what stands next to the icon; the name of the outcome if absent
 * @param title more, for the pointer
 */
export function StateMark({ state, word = outcomeWord(state), title }: {
  state: Outcome
  word?: string | undefined
  title?: string | undefined
}) {
  return (
    <span class={`st ${state}`} title={title}>
      <Icon name={state} />
      {word}
    </span>
  )
}
