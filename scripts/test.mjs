// npm test: sets up, checks, builds and runs every test. Ends with "N passed, N failed", and ", N skipped" if any was.
import { spawn } from 'node:child_process'
import { check } from './check.mjs'
import { buildIfNeeded, install } from './set-up.mjs'
import { bun, root } from './tools.mjs'

install()
buildIfNeeded()
const checks = check()
const tests = await runTests()
const failed = checks.failed + tests.failed
const skipped = tests.skipped === 0 ? '' : `, ${tests.skipped} skipped`
console.log(`${checks.passed + tests.passed} passed, ${failed} failed${skipped}`)
process.exitCode = failed === 0 ? 0 : 1

/** Runs Bun's test runner, and counts by its closing lines. */
async function runTests() {
  const child = spawn(bun(), ['test', '--timeout', '120000', './src', './test'], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1' },
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += String(chunk)
      process.stdout.write(chunk)
    })
  }
  const code = await new Promise((resolve) => child.on('exit', resolve))
  const count = (word) => Number(new RegExp(`^ *(\\d+) ${word}$`, 'm').exec(text)?.[1] ?? 0)
  const failed = count('fail')
  // A runner that breaks down says no number.
  return { passed: count('pass'), failed: code === 0 ? failed : Math.max(failed, 1), skipped: count('skip') }
}
