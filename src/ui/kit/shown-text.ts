/**
 * A member of a document as text: a text as it is, another value as JSON. A sender may have made an object so that it cannot
 * become a text by itself.
 */
export function shownText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value) ?? ''
}
