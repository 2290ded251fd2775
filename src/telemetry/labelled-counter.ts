/** More labels than this are counted as `other`, so that no input makes a count grow without bound. */
const MOST_LABELS = 40

/** A count, as a whole and by a label such as a reason. */
export class LabelledCounter {
  total = 0
  readonly #by = new Map<string, number>()

  add(count: number, label: string): void {
    this.total += count
    const known = this.#by.has(label) || this.#by.size < MOST_LABELS ? label : 'other'
    this.#by.set(known, (this.#by.get(known) ?? 0) + count)
  }

  of(label: string): number {
    return this.#by.get(label) ?? 0
  }

  get by(): Record<string, number> {
    return Object.fromEntries(this.#by)
  }
}
