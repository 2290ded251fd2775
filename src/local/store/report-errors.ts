/** Runs a function whose failure must not end its caller. @param failed called with what it throws */
export function reportErrors(fn: () => void, failed: (error: unknown) => void): void {
  try {
    fn()
  } catch (error) {
    failed(error)
  }
}
