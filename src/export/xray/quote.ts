/** The beginning of what a backend answered, on one line. @param max characters */
export function quote(text: string, max: number): string {
  const line = text.slice(0, 4 * max).replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim()
  return line.length > max ? `${line.slice(0, max)}…` : line
}
