/** The time sources and timers of a component; tests replace them by a fake. */
export interface Clock {
  /** @returns Unix milliseconds; can jump when the clock is set */
  wall(): number
  /** @returns milliseconds that never jump, from an arbitrary start */
  monotonic(): number
  /** Calls `fn` once after `ms` milliseconds. @returns a function that cancels it */
  after(ms: number, fn: () => void): () => void
}

/** The machine's clock. */
export const systemClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms)
    return () => clearTimeout(timer)
  },
}
