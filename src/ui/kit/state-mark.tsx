import type { Outcome } from '../../trace/outcome.ts'
import { Icon } from './icon.tsx'
import './state-mark.css'

/** An outcome in a text. */
export function outcomeWord(outcome: Outcome): string {
  return outcome.replace('-', ' ')
}

/** An outcome, as icon, word and colour. @param word what stands next to the icon; the name of the outcome if absent */
export function StateMark({ state, word = outcomeWord(state) }: { state: Outcome; word?: string | undefined }) {
  return (
    <span class={`st ${state}`}>
      <Icon name={state} />
      {word}
    </span>
  )
}
