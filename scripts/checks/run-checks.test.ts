import assert from 'node:assert/strict'
import { test } from 'node:test'
import { programCheck, runChecks } from './run-checks.mjs'

/** Runs checks, with what they printed. */
function run(checks: Parameters<typeof runChecks>[0]) {
  const lines: string[] = []
  return { ...runChecks(checks, (line: string) => lines.push(line)), lines }
}

test('runChecks() prints one line per check and what each found, and counts them', () => {
  assert.deepEqual(run({ good: () => [], bad: () => ['One is wrong', 'Two is wrong'], last: () => [] }), {
    passed: 2,
    failed: 1,
    lines: ['pass  good', 'FAIL  bad', 'One is wrong', 'Two is wrong', 'pass  last'],
  })
})

test('runChecks() lets a check fail that throws, and goes on', () => {
  const { passed, failed, lines } = run({
    broken: () => {
      throw new Error('no such folder')
    },
    good: () => [],
  })
  assert.deepEqual([passed, failed, lines[0], lines.at(-1)], [1, 1, 'FAIL  broken', 'pass  good'])
  assert.match(lines[1] ?? '', /^The check broke down: .*no such folder/)
})

test('runChecks() lets a check fail that returns no list', () => {
  assert.equal(run({ empty: () => undefined }).failed, 1)
  assert.equal(run({ late: () => Promise.resolve([]) }).failed, 1)
})

const program = (code: string): string[] => programCheck(() => process.execPath, ['-e', code])()

test('programCheck() passes with exit code 0, whatever was printed', () => {
  assert.deepEqual(program('console.error("a note")'), [])
})

test('programCheck() fails with what the program said', () => {
  assert.deepEqual(program('console.log("a"); console.error("b"); process.exit(1)'), ['a\nb'])
})

test('programCheck() fails if the program says nothing, is killed, or is not there', () => {
  assert.match(program('process.exit(3)')[0] ?? '', /ended with 3 and said nothing$/)
  assert.match(program('process.kill(process.pid, "SIGKILL")')[0] ?? '', /ended with SIGKILL and said nothing$/)
  assert.match(programCheck(() => '/no/such/program', [])()[0] ?? '', /^Cannot run \/no\/such\/program: /)
})
