// npm run check: format, lint, types, rules of the code, words, docs, generated files, dead code. Prints one line per
// check, and a count. `node scripts/check.mjs levels words` runs the checks that are named.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { dependencyTable } from './checks/dependency-table.mjs'
import { docCommands } from './checks/doc-commands.mjs'
import { docLinks } from './checks/doc-links.mjs'
import { docNames } from './checks/doc-names.mjs'
import { errorWording } from './checks/error-wording.mjs'
import { fileLength } from './checks/file-length.mjs'
import { fileNames } from './checks/file-names.mjs'
import { levels } from './checks/levels.mjs'
import { lightDefinitions } from './checks/light-definitions.mjs'
import { lockFile } from './checks/lock-file.mjs'
import { purity } from './checks/purity.mjs'
import { programCheck, runChecks } from './checks/run-checks.mjs'
import { version } from './checks/version.mjs'
import { words } from './checks/words.mjs'
import { install } from './set-up.mjs'
import { bun, deno, root } from './tools.mjs'

const src = join(root, 'src')
const node = (...args) => programCheck(() => process.execPath, args, root)
const inBun = (file, ...args) => programCheck(bun, [join(root, file), ...args], root)
const inDeno = (...args) => programCheck(deno, args, root)

const checks = {
  format: inDeno('fmt', '--check', '--quiet'),
  lint: inDeno('lint', '--quiet'),
  types: node('node_modules/typescript/bin/tsc', '-p', '.'),
  levels: () => levels(src),
  'light definitions': () => lightDefinitions(src),
  'file length': () => fileLength(root),
  'file names': () => fileNames(src),
  purity: () => purity(src),
  'error wording': () => errorWording(src),
  version: () => version(root),
  'lock file': () => lockFile(root),
  words: () => words(root),
  'doc names': () => docNames(root),
  'doc links': () => docLinks(root),
  'doc commands': () => docCommands(root),
  'dependency table': () => dependencyTable(root),
  'config example': inBun('scripts/checks/config-example.ts'),
  'generated code': node('scripts/generate.mjs', '--check'),
  'docs in step': inBun('scripts/generate-docs.ts', '--check'),
  'dead code': node('node_modules/knip/bin/knip.js', '--no-progress'),
}

/**
 * Runs checks.
 *
 * @param names which; by default all
 * @returns how many passed and failed
 */
export function check(names = Object.keys(checks)) {
  install()
  // Types and the docs need the page, which is in no repository.
  if (!existsSync(join(root, 'dist/page.txt'))) {
    spawnSync('node', [join(root, 'scripts/build-page.mjs')], { stdio: 'inherit' })
  }
  return runChecks(Object.fromEntries(names.map((name) => [name, checks[name]])), console.log)
}

if (process.argv[1]?.endsWith('check.mjs')) {
  const names = process.argv.slice(2)
  const unknown = names.filter((name) => !(name in checks))
  if (unknown.length > 0) {
    console.error(`There is no check "${unknown[0]}"; there are "${Object.keys(checks).join('", "')}"`)
    process.exitCode = 64
  } else {
    const { passed, failed } = check(names.length === 0 ? undefined : names)
    console.log(`${passed} passed, ${failed} failed`)
    process.exitCode = failed === 0 ? 0 : 1
  }
}
