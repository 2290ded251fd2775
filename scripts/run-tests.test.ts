import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runTests } from './run-tests.mjs'

/** Runs a program in place of the test runner. */
async function run(code: string, command = process.execPath) {
  let output = ''
  const counts = await runTests(command, ['-e', code], process.cwd(), (piece: unknown) => {
    output += String(piece)
  })
  return { ...counts, output }
}

test('runTests() counts what the runner printed to its end, and shows it', async () => {
  assert.deepEqual(await run("console.error('\\n 7 pass\\n 1 skip\\n 0 fail')"), {
    passed: 7,
    failed: 0,
    skipped: 1,
    output: '\n 7 pass\n 1 skip\n 0 fail\n',
  })
})

test('runTests() has a failure if the runner is killed, ends with a code or cannot start', async () => {
  assert.equal((await run("console.error('\\n 7 pass'); process.kill(process.pid, 'SIGKILL')")).failed, 1)
  assert.equal((await run("console.error('\\n 7 pass\\n 0 fail'); process.exit(1)")).failed, 1)
  assert.equal((await run('', '/no/such/program')).failed, 1)
})
