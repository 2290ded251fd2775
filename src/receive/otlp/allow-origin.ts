/** The origin, if one of `allowed` covers it; a `*` in those stands for any text. */
export function allowOrigin(origin: string, allowed: readonly string[]): string | null {
  const isAllowed = allowed.some((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    return new RegExp(`^${parts.join('.*')}$`, 'i').test(origin)
  })
  return isAllowed ? origin : null
}
