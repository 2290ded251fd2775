import { statSync } from 'node:fs'

/** How often the file is looked at, in milliseconds. Looking finds what editors and ConfigMaps do in many ways. */
const EVERY_MS = 1000

/** Calls `changed` once a file's content may have changed; gives what ends the watch. */
export function watchFile(file: string, changed: () => void): () => void {
  let known = stampOf(file)
  const timer = setInterval(() => {
    const now = stampOf(file)
    // A file that is gone is about to come back: editors write a new one in its place.
    if (now === undefined || now === known) return
    known = now
    changed()
  }, EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}

function stampOf(file: string): string | undefined {
  try {
    const { mtimeMs, size, ino } = statSync(file)
    return `${mtimeMs} ${size} ${ino}`
  } catch {
    return undefined
  }
}
