// The files that rules look at.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Folders that nobody writes by hand. */
const notSource = new Set(['gen', 'node_modules', 'dist', '.git', '.cache'])

/**
 * Lists files below a folder.
 *
 * @param folder where to look; a folder that does not exist has no files
 * @param pattern what a file's path must match
 * @returns their paths, relative to `folder` and sorted; generated code, builds and installed packages are left out
 */
export function sourceFiles(folder, pattern = /\.(tsx?|css)$/) {
  const files = []
  const read = (path) => {
    for (const entry of readdirSync(join(folder, path), { withFileTypes: true })) {
      const name = path === '' ? entry.name : `${path}/${entry.name}`
      if (entry.isDirectory() && !notSource.has(entry.name)) read(name)
      else if (entry.isFile() && pattern.test(name)) files.push(name)
    }
  }
  if (existsSync(folder)) read('')
  return files.sort()
}

/** The docs of a repository, relative to it: pages in Markdown at the top and in docs. */
export function docFiles(root) {
  return sourceFiles(root, /^[A-Za-z]+\.md$|^docs\/.*\.md$/)
}

/** True for a file of tests. */
export function isTest(file) {
  return /\.test\.tsx?$/.test(file)
}
