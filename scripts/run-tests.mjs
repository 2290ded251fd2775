// Runs a test runner and counts what it did.
import { spawn } from 'node:child_process'
import { countTests } from './count-tests.mjs'

/**
 * Runs Bun's test runner, and shows what it prints.
 *
 * @param command the program
 * @param args its arguments
 * @param cwd where it runs
 * @param write takes each piece of its output
 * @returns how many tests passed, failed and were skipped; a runner that cannot start has one failure
 */
export async function runTests(command, args, cwd, write) {
  const child = spawn(command, args, { cwd, env: { ...process.env, NO_COLOR: '1' } })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += String(chunk)
      write(chunk)
    })
  }
  const code = await new Promise((resolve) => {
    child.on('close', resolve)
    child.on('error', (error) => {
      write(`Cannot run ${command}: ${error.message}\n`)
      resolve(null)
    })
  })
  return countTests(text, code)
}
