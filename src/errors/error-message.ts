/** What Bun adds when a connection fails, which advises nobody. */
const BUN_ADVICE = /\. (Is the computer able to access the url\?|For more information, pass `verbose: true` .*)$/

/** The message of an error, or the text of any other value that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message.replace(BUN_ADVICE, '') : String(error)
}
