/** The word of `known` that is most similar to `word`; undefined if none is similar. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const scored = known.map((name) => ({ name, distance: distance(word.toLowerCase(), name.toLowerCase()) }))
  scored.sort((a, b) => a.distance - b.distance)
  const [best] = scored
  return best !== undefined && best.distance <= Math.max(2, Math.floor(best.name.length / 2)) ? best.name : undefined
}

/** The Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
