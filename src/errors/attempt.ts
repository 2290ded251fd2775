/** Does something whose failure changes nothing: what is damaged or gone may fail again. Gives undefined if it failed. */
export function attempt<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}
