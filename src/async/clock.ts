/** The times that a component works with, and its timers; tests put a clock of their own in its place. */
export interface Clock {
  /** @returns Unix milliseconds; the machine's clock may be set at any moment */
  wall(): number
  /** @returns milliseconds by a clock that nobody can set */
  monotonic(): number
  /** Calls `fn` once after `ms` milliseconds. @returns what cancels it */
  after(ms: number, fn: () => void): () => void
  /** @returns a random time from 0 up to `ms` milliseconds, so that what waits does not go on all at once */
  jitter(ms: number): number
}

/** The machine's clock. */
export const systemClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms)
    return () => clearTimeout(timer)
  },
  jitter: (ms) => Math.random() * ms,
}
