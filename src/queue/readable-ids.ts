/** What a look for the next id found. */
type Found = { readonly id: number | undefined } | undefined

/**
 * The ids of a table, as far as they can be read: where a page is damaged, goes on after it. Looks that fail are as few
 * as a search for the end of the damage needs, however many ids lie in between.
 *
 * @param next returns the first id from `from` on, undefined if there is none; throws if it cannot be read
 * @param onLost is called with how many ids cannot be read, at most; undefined if the end of the damage is not found
 */
export function* readableIds(
  next: (from: number) => number | undefined,
  onLost: (count: number | undefined) => void,
): Generator<number> {
  const look = (from: number): Found => {
    try {
      const id = next(from)
      return id !== undefined && id < from ? undefined : { id }
    } catch {
      return undefined
    }
  }
  for (let from = 0;;) {
    const found = look(from)
    if (found === undefined) {
      const end = endOfDamage(look, from)
      onLost(end === undefined ? undefined : end - from)
      if (end === undefined) return
      from = end
      continue
    }
    if (found.id === undefined) return
    yield found.id
    from = found.id + 1
  }
}

/** The least number after `start` from which on an id can be found; undefined if there is none. */
function endOfDamage(look: (from: number) => Found, start: number): number | undefined {
  let failed = start
  let step = 1
  while (look(failed + step) === undefined) {
    failed += step
    step *= 2
    if (failed > Number.MAX_SAFE_INTEGER / 4) return undefined
  }
  let readable = failed + step
  while (readable - failed > 1) {
    const middle = failed + Math.floor((readable - failed) / 2)
    if (look(middle) === undefined) failed = middle
    else readable = middle
  }
  return readable
}
