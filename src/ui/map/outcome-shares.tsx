import { formatCount, formatShare } from '../kit/format.ts'
import { Icon } from '../kit/icon.tsx'
import { countedOutcomes, type OutcomeCounts } from '../kit/outcome-counts.ts'
import './outcome-shares.css'

/** The shares of outcomes as a bar, and their counts. @param total of all requests, at least 1 */
export function OutcomeShares({ counts, total }: { counts: OutcomeCounts; total: number }) {
  const occurring = countedOutcomes.filter((outcome) => counts[outcome] > 0)
  const label = occurring.map((outcome) => `${formatShare(counts[outcome] / total)} ${outcome}`).join(', ')
  return (
    <section>
      <h3>Outcome</h3>
      <div class='share' role='img' aria-label={label}>
        {occurring.map((outcome) => <i key={outcome} class={`bg-${outcome}`} style={{ flex: counts[outcome] }} />)}
      </div>
      <div class='keys'>
        {countedOutcomes.map((outcome) => (
          <span key={outcome} class='st'>
            <Icon name={outcome} colour={outcome} />
            {outcome} {formatCount(counts[outcome])}
          </span>
        ))}
      </div>
    </section>
  )
}
