import type { Statistics, Summary } from './api.ts'

/** How something ended; `prog` is still going on. */
export type State = 'ok' | 'error' | 'throttle' | 'fault' | 'prog'

const words: Readonly<Record<State, string>> = {
  ok: 'ok',
  error: 'error',
  throttle: 'throttle',
  fault: 'fault',
  prog: 'in progress',
}

/** An icon of the page's sheet. */
export function Icon({ name, state = '' }: { name: string; state?: string }) {
  return (
    <svg class={`i ${state}`} aria-hidden='true'>
      <use href={`#${name}`} />
    </svg>
  )
}

/** A state, as icon, word and colour. */
export function StateMark({ state, word = words[state] }: { state: State; word?: string | undefined }) {
  return (
    <span class={`st ${state}`}>
      <Icon name={state} />
      {word}
    </span>
  )
}

/** One word for a trace: the worst that happened in it. */
export function stateOf({ HasFault, HasThrottle, HasError, IsPartial }: Summary): State {
  if (HasFault) return 'fault'
  if (HasThrottle) return 'throttle'
  if (HasError) return 'error'
  return IsPartial ? 'prog' : 'ok'
}

/** Counts of a service or an edge, apart by state. */
export function countsOf({ OkCount, ErrorStatistics, FaultStatistics }: Statistics) {
  return {
    fault: FaultStatistics.TotalCount,
    error: ErrorStatistics.OtherCount,
    throttle: ErrorStatistics.ThrottleCount,
    ok: OkCount,
  }
}

/** The worst state that occurred at least in a share of `least`. */
export function worstOf(statistics: Statistics, least = 0): State {
  const counts = countsOf(statistics)
  const all = Math.max(1, statistics.TotalCount)
  for (const state of ['fault', 'throttle', 'error'] as const) {
    if (counts[state] > 0 && counts[state] / all >= least) return state
  }
  return 'ok'
}
