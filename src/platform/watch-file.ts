import { statSync } from 'node:fs'

/** Polling interval, in milliseconds. Polling notices every way in which editors and ConfigMaps replace a file. */
const INTERVAL_MS = 1000

/** Calls `onChange` when a file's content may have changed. @returns a function that ends the watch */
export function watchFile(file: string, onChange: () => void): () => void {
  let known = stampOf(file)
  const timer = setInterval(() => {
    const now = stampOf(file)
    // A missing file is about to return: editors remove it and write a new one.
    if (now === undefined || now === known) return
    known = now
    onChange()
  }, INTERVAL_MS)
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
