/** Where in the agent something was amiss. */
export type Stage = 'receive' | 'translate' | 'queue' | 'export' | 'config'

/** Something that was amiss, and how often. */
export interface Problem {
  readonly level: 'warn' | 'error'
  readonly stage: Stage
  /** Those of one kind are one: the last is told. */
  readonly kind: string
  /** What happened, and what to do. */
  readonly message: string
  readonly times: number
}

/** A problem with when it was last seen, as ISO 8601. */
export type SeenProblem = Problem & { readonly time: string }

/** Kinds that are kept; of more the oldest go. */
const MOST_KINDS = 30

/** What was amiss of late, one line a kind. */
export class Problems {
  readonly #seen = new Map<string, SeenProblem>()

  add(problem: Problem): void {
    const times = problem.times + (this.#seen.get(problem.kind)?.times ?? 0)
    // The last one stands at the end.
    this.#seen.delete(problem.kind)
    this.#seen.set(problem.kind, { ...problem, times, time: new Date().toISOString() })
    for (const [oldest] of this.#seen) {
      if (this.#seen.size <= MOST_KINDS) break
      this.#seen.delete(oldest)
    }
  }

  /** The last one first. */
  list(): SeenProblem[] {
    return [...this.#seen.values()].reverse()
  }
}
