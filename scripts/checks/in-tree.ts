import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/**
 * Makes a small tree of files in a temporary folder, for a check to look at, and removes it afterwards.
 *
 * @param files the text of each file, by its path
 * @param fn gets the folder
 * @returns what `fn` returns
 */
export function inTree<T>(files: Readonly<Record<string, string>>, fn: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'rontgen-check-'))
  try {
    for (const [name, text] of Object.entries(files)) {
      const file = join(folder, name)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
    return fn(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
