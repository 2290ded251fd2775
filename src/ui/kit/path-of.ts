/** The path and query of a URL, which say more than the host: often that is the same for all. Other texts stay. */
export function pathOf(url: string): string {
  if (!URL.canParse(url)) return url
  const { pathname, search } = new URL(url)
  return pathname + search
}
