/** The stage of the agent that has a problem. */
export type Stage = 'receive' | 'translate' | 'queue' | 'export' | 'config'

/** A warning or an error, and how often it happened. */
export interface Problem {
  readonly level: 'warn' | 'error'
  readonly stage: Stage
  /** Of the problems of one kind the last is kept. */
  readonly kind: string
  /** What happened, and what to do. */
  readonly message: string
  /** How often it happened; how many documents it happened to, where the message counts them. */
  readonly times: number
}

/** A problem, and when it last happened, as ISO 8601. */
export type SeenProblem = Problem & { readonly time: string }

/** The oldest kinds beyond these are dropped. */
const MAX_KINDS = 30

/** Recent problems, one per kind. */
export class Problems {
  readonly #seen = new Map<string, { readonly problem: Problem; readonly time: number }>()

  /** @param time Unix milliseconds */
  add(problem: Problem, time: number): void {
    const times = problem.times + (this.#seen.get(problem.kind)?.problem.times ?? 0)
    // Deleted first, so that it moves to the end.
    this.#seen.delete(problem.kind)
    this.#seen.set(problem.kind, { problem: { ...problem, times }, time })
    for (const [oldest] of this.#seen) {
      if (this.#seen.size <= MAX_KINDS) break
      this.#seen.delete(oldest)
    }
  }

  /** Forgets a kind: what failed is no longer in use. */
  remove(kind: string): void {
    this.#seen.delete(kind)
  }

  /** The problems, the last one first. */
  list(): SeenProblem[] {
    return [...this.#seen.values()].reverse().map(({ problem, time }) => ({
      ...problem,
      time: new Date(time).toISOString(),
    }))
  }
}
