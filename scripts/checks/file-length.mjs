// Files are short: a file that needs sections is a folder.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sourceFiles } from './source-files.mjs'

/**
 * Checks how many lines files have, CSS too.
 *
 * @param {string} root the repository
 * @param {{ folders?: string[], maxLines?: number, exceptions?: string[] }} options
 *   `folders`: where to look; `maxLines`: how many lines a file may have; `exceptions`: files that may have more
 * @returns what is wrong, one text for each
 */
export function fileLength(root, { folders = ['src', 'scripts'], maxLines = 400, exceptions = [] } = {}) {
  const issues = []
  const long = new Set()
  for (const folder of folders) {
    for (const name of sourceFiles(join(root, folder), /\.(tsx?|mjs|css)$/)) {
      const file = `${folder}/${name}`
      const lines = readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length
      if (lines <= maxLines) continue
      long.add(file)
      if (!exceptions.includes(file)) issues.push(`${file} has ${lines} lines; at most ${maxLines} are allowed`)
    }
  }
  for (const file of exceptions) {
    if (!long.has(file)) {
      issues.push(`${file} has no more than ${maxLines} lines; remove it from scripts/checks/file-length.mjs`)
    }
  }
  return issues
}
