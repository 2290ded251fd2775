import { matchFilter } from '../../trace/filter/match-filter.ts'
import type { TraceIndex } from '../../trace/trace-index.ts'
import type { TraceQuery } from './trace-query.ts'

/** Whether a trace is one that is asked for, as far as SQL does not say it. */
export function matchQuery({ from, to, by, share = 1, filter, groups }: TraceQuery, facts: TraceIndex): boolean {
  if (filter !== undefined && !matchFilter(filter, facts, groups)) return false
  // The end of an id is random in every scheme.
  if (share < 1 && parseInt(facts.id.slice(-8), 16) / 2 ** 32 >= share) return false
  return by !== 'Service' || facts.occurrences.some(({ start }) => start >= from && start <= to)
}
