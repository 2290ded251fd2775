import { spawn } from 'node:child_process'
import { bun, root } from '../../scripts/tools.mjs'

/** How long a script may take to end by itself, in milliseconds. */
const LIMIT_MS = 30_000

/**
 * Runs the text of a module by Bun, as if it stood in the root of the repository.
 *
 * @returns its exit code, null if it did not end by itself, and what it wrote to stdout and stderr
 */
export async function runScript(
  text: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; output: string }> {
  const child = spawn(bun(), ['-e', text], { cwd: root, env: { PATH: process.env['PATH'] ?? '', ...env } })
  let output = ''
  child.stdout.on('data', (chunk) => (output += String(chunk)))
  child.stderr.on('data', (chunk) => (output += String(chunk)))
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS)
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  clearTimeout(limit)
  return { code, output }
}
