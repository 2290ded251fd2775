import type { Clock } from '../../src/async/clock.ts'

interface Timer {
  readonly due: number
  readonly fn: () => void
  readonly isInBackground: boolean
}

/** A clock that stands still until a test advances it. */
export class FakeClock implements Clock {
  /** How much of the longest random time {@link jitter} returns. */
  jitterShare = 1
  #elapsed = 0
  #wall: number
  readonly #timers = new Set<Timer>()

  /** @param wall the time at the start, in Unix milliseconds */
  constructor(wall = Date.UTC(2026, 1, 25)) {
    this.#wall = wall
  }

  /** Timers that have not gone off, and would keep the process running. */
  get timers(): number {
    return [...this.#timers].filter(({ isInBackground }) => !isInBackground).length
  }

  wall(): number {
    return this.#wall + this.#elapsed
  }

  monotonic(): number {
    return this.#elapsed
  }

  after(ms: number, fn: () => void): () => void {
    return this.#add({ due: this.#elapsed + ms, fn, isInBackground: false })
  }

  afterInBackground(ms: number, fn: () => void): () => void {
    return this.#add({ due: this.#elapsed + ms, fn, isInBackground: true })
  }

  #add(timer: Timer): () => void {
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  jitter(ms: number): number {
    return ms * this.jitterShare
  }

  /** Sets the machine's clock, which nothing that waits may notice. @param ms how far ahead; less than 0 sets it back */
  setWall(ms: number): void {
    this.#wall += ms
  }

  /** Lets `ms` milliseconds pass: runs each timer when it is due, and what it resolves before the next one. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsed + ms
    await runPending()
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#timers.delete(timer)
      this.#elapsed = Math.max(this.#elapsed, timer.due)
      timer.fn()
      await runPending()
    }
    this.#elapsed = end
  }

  #next(end: number): Timer | undefined {
    let next: Timer | undefined
    for (const timer of this.#timers) if (timer.due <= end && timer.due < (next?.due ?? Infinity)) next = timer
    return next
  }
}

/** Runs what waits for promises that are resolved. */
export function runPending(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
