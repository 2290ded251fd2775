/** Calls a function that may fail without consequences, as when a damaged file is closed. @returns undefined if it throws */
export function attempt<T>(fn: () => T): T | undefined {
  try {
    return fn()
  } catch {
    return undefined
  }
}
