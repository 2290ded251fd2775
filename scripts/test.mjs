// npm test: sets up, checks, builds and runs every test. Ends with "N passed, N failed", and ", N skipped" if any was.
import { check } from './check.mjs'
import { runTests } from './run-tests.mjs'
import { buildIfNeeded, install } from './set-up.mjs'
import { bun, root } from './tools.mjs'

install()
buildIfNeeded()
const checks = check()
const args = ['test', '--timeout', '120000', './src', './scripts', './test']
const tests = await runTests(bun(), args, root, (piece) => process.stdout.write(piece))
const failed = checks.failed + tests.failed
const skipped = tests.skipped === 0 ? '' : `, ${tests.skipped} skipped`
console.log(`${checks.passed + tests.passed} passed, ${failed} failed${skipped}`)
process.exitCode = failed === 0 ? 0 : 1
