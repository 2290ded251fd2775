/** What Bun adds when a connection fails, which advises nobody. */
const BUN_QUESTION = /\. Is the computer able to access the url\?$/

/** The message of an error, or the text of any other value that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message.replace(BUN_QUESTION, '') : String(error)
}
