/** Further labels are counted as `other`, so that no input makes the counter grow without bound. */
const MAX_LABELS = 40

/** A counter with a total, and a count for each value of a label such as a reason. */
export class LabelledCounter {
  total = 0
  readonly #by = new Map<string, number>()

  add(count: number, label: string): void {
    this.total += count
    const known = this.#by.has(label) || this.#by.size < MAX_LABELS ? label : 'other'
    this.#by.set(known, (this.#by.get(known) ?? 0) + count)
  }

  of(label: string): number {
    return this.#by.get(label) ?? 0
  }

  get by(): Record<string, number> {
    return Object.fromEntries(this.#by)
  }
}
