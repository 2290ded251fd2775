// One version: package.json has it, and src/version.ts and CHANGELOG.md know it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Checks that the version is the same wherever it stands.
 *
 * @param root the repository
 * @returns what is wrong, one text for each
 */
export function version(root) {
  const read = (file) => readFileSync(join(root, file), 'utf8')
  const { version: current } = JSON.parse(read('package.json'))
  const issues = []
  if (!read('src/version.ts').includes(`'${current}'`)) {
    issues.push(`src/version.ts does not have the version of package.json, ${current}`)
  }
  if (
    !read('CHANGELOG.md').split('\n').some((line) => line.startsWith('#') && line.split(/[\s,[\]]+/).includes(current))
  ) {
    issues.push(`CHANGELOG.md has no section for ${current}`)
  }
  return issues
}
