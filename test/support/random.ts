/** Random numbers that are the same for the same seed (mulberry32). */
export class Random {
  #state: number

  constructor(readonly seed: number) {
    this.#state = seed * 0x9e3779b9 >>> 0
  }

  /** A number from 0 up to 1. */
  next(): number {
    this.#state = this.#state + 0x6d2b79f5 >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ mixed >>> 15, mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61)
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32
  }

  /** A whole number from 0 up to `end`, which is not among them. */
  below(end: number): number {
    return Math.floor(this.next() * end)
  }

  isTrue(probability: number): boolean {
    return this.next() < probability
  }

  /** One of them; undefined if there is none. */
  pick<T>(items: readonly T[]): T | undefined {
    return items[this.below(items.length)]
  }
}
