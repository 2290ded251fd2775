import { useState } from 'preact/hooks'
import { callApi } from '../api.ts'
import { useKeys } from '../hooks/use-keys.ts'
import { usePolled } from '../hooks/use-polled.ts'
import './live-button.css'

/** Starts and stops following new traces. @param onLive takes whether the page follows them from now on */
export function LiveButton({ isLive, onLive }: { isLive: boolean; onLive: (isLive: boolean) => void }) {
  const toggle = (): void => onLive(!isLive)
  useKeys({ l: toggle })
  return (
    <button type='button' class={`btn follow ${isLive ? 'live' : ''}`} aria-pressed={isLive} title='L' onClick={toggle}>
      <span class='dot' />
      <span class='w'>{isLive ? 'Live' : <Paused />}</span>
    </button>
  )
}

/** How many traces came since the page was paused. */
function Paused() {
  const [since] = useState(() => Date.now() / 1000)
  const { data } = usePolled<{ TraceSummaries: unknown[]; NextToken?: string }>(
    'paused',
    true,
    (signal) => callApi('/TraceSummaries', { StartTime: since, EndTime: Date.now() / 1000 + 60 }, signal),
    { minIntervalMs: 2000 },
  )
  const count = data?.TraceSummaries.length ?? 0
  if (count === 0) return <>Paused</>
  return <>Paused, {count}{data?.NextToken === undefined ? '' : '+'} new</>
}
