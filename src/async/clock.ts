/** The time sources and timers of a component; tests replace them by a fake. */
export interface Clock {
  /** @returns Unix milliseconds; can jump when the clock is set */
  wall(): number
  /** @returns milliseconds that never jump, from an arbitrary start */
  monotonic(): number
  /** Calls `fn` once after `ms` milliseconds. @returns a function that cancels it */
  after(ms: number, fn: () => void): () => void
  /** Like {@link after}, but the process does not wait for it: if nothing else is left to do, `fn` is not called. */
  afterInBackground(ms: number, fn: () => void): () => void
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
  afterInBackground(ms, fn) {
    const timer = setTimeout(fn, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
  jitter: (ms) => Math.random() * ms,
}
