import type { Segment } from '../../trace/assemble-trace.ts'
import { exceptionsOf } from '../../trace/causes-of.ts'
import { outcomeOfDocument } from '../../trace/outcome.ts'
import { Icon } from '../kit/icon.tsx'
import { urlOf } from '../route.ts'
import './root-cause.css'

/** The segment that the failure of a trace begins at, and what was thrown there. */
export function RootCause({ culprit }: { culprit: Segment }) {
  const [exception] = exceptionsOf(culprit)
  const flag = culprit.document['fault'] === true ? 'fault' : 'error'
  const alike = exception === undefined
    ? `rootcause.${flag}.entity { name = ${JSON.stringify(culprit.name)} }`
    : `rootcause.${flag}.exception { name = ${JSON.stringify(exception.name)} }`
  return (
    <div class={`why ${flag}`}>
      <Icon name={outcomeOfDocument(culprit.document)} />
      <span>
        Starts at <b>{culprit.name}</b>
        {exception === undefined ? '' : `: ${exception.name} ${exception.message}`}
      </span>
      <span class='links'>
        <a href={`?span=${culprit.id}`}>Show</a> <a href={urlOf('/traces', { q: alike })}>More like this</a>
      </span>
    </div>
  )
}
