/** The filter expression that both of two expressions must match. @param left may be empty */
export function andFilter(left: string, right: string): string {
  if (left === '') return right
  return `${/\bOR\b/i.test(left) ? `(${left})` : left} AND ${right}`
}
