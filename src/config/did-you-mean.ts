/** Ends a message by a guess, which is a question, and what else there is to say, which begins in lower case. */
export function didYouMean(message: string, guess: string | undefined, more = ''): string {
  if (guess === undefined) return more === '' ? message : `${message}; ${more}`
  const rest = more === '' ? '' : ` ${more.charAt(0).toUpperCase()}${more.slice(1)}`
  return `${message}; did you mean "${guess}"?${rest}`
}
