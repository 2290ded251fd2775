// npm run check: format, lint, types, house rules, generated files, dead code. Prints a line a check, and a count.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { install } from './set-up.mjs'
import { bun, deno, root } from './tools.mjs'

const script = (name, ...args) => ['node', [join(root, 'scripts', name), ...args]]
const bin = (path) => join(root, 'node_modules', path)

/** Runs every check. @returns how many passed and failed */
export function check() {
  install()
  // Types and the docs need the page, which is in no repository.
  if (!existsSync(join(root, 'dist/page.txt'))) {
    spawnSync('node', [join(root, 'scripts/build-page.mjs')], { stdio: 'inherit' })
  }
  const checks = {
    format: [deno(), ['fmt', '--check', '--quiet']],
    lint: [deno(), ['lint', '--quiet']],
    types: ['node', [bin('typescript/bin/tsc'), '-p', '.']],
    levels: script('check-levels.mjs'),
    style: script('check-style.mjs'),
    'generated code': script('generate.mjs', '--check'),
    'docs in step': [bun(), [join(root, 'scripts/generate-docs.ts'), '--check']],
    'dead code': ['node', [bin('knip/bin/knip.js'), '--no-progress']],
  }
  let failed = 0
  for (const [name, [command, args]] of Object.entries(checks)) {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
    console.log(`${status === 0 ? 'pass' : 'FAIL'}  ${name}`)
    if (status === 0) continue
    failed++
    console.log(`${stdout}${stderr}`.trimEnd())
  }
  return { passed: Object.keys(checks).length - failed, failed }
}

if (process.argv[1]?.endsWith('check.mjs')) {
  const { passed, failed } = check()
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed === 0 ? 0 : 1
}
