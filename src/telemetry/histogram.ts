/** Upper bounds in seconds. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Times in buckets, as Prometheus has them. */
export class Histogram {
  readonly bounds: readonly number[] = BOUNDS
  /** How many were at most as long as the bound of the same place; the last place has no bound. */
  readonly counts: number[] = Array.from({ length: BOUNDS.length + 1 }, () => 0)
  count = 0
  /** Seconds. */
  sum = 0

  add(seconds: number): void {
    let at = BOUNDS.findIndex((bound) => seconds <= bound)
    if (at < 0) at = BOUNDS.length
    this.counts[at] = (this.counts[at] ?? 0) + 1
    this.count++
    this.sum += seconds
  }

  /** The bound under which the given share of the times lies, in seconds; 0 if there are none. */
  quantile(share: number): number {
    let seen = 0
    for (const [i, count] of this.counts.entries()) {
      seen += count
      if (count > 0 && seen >= this.count * share) return BOUNDS[i] ?? Infinity
    }
    return 0
  }
}
