const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/**
 * Whether objects and lists of a JSON text are nested deeper than a number of levels: what reads JSON calls itself for each
 * level. Nothing is parsed, so a text that is not JSON has an answer, too.
 */
export function isDeeperThan(levels: number, json: string): boolean {
  // Each level has two brackets; to find those that open is quicker than to read each character.
  if (json.length < 2 * levels || countUpTo(levels + 1, json, '{') + countUpTo(levels + 1, json, '[') <= levels) {
    return false
  }
  let depth = 0
  for (let i = 0; i < json.length; i++) {
    const c = json.charCodeAt(i)
    if (c === QUOTE) i = endOfString(json, i)
    else if (c === OPEN_LIST || c === OPEN_OBJECT) {
      if (++depth > levels) return true
    } else if (c === CLOSE_LIST || c === CLOSE_OBJECT) depth--
  }
  return false
}

/** How often a character occurs. @param limit no more are counted */
function countUpTo(limit: number, text: string, character: string): number {
  let count = 0
  for (let at = text.indexOf(character); at >= 0 && count < limit; at = text.indexOf(character, at + 1)) count++
  return count
}

/** @param at where the opening quote is @returns where the closing one is; the end if there is none */
function endOfString(json: string, at: number): number {
  let i = at + 1
  for (; i < json.length; i++) {
    const c = json.charCodeAt(i)
    if (c === BACKSLASH) i++
    else if (c === QUOTE) break
  }
  return i
}
