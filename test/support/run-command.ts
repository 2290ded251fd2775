import { spawn } from 'node:child_process'
import { commandOf, type Runtime } from './agent-process.ts'

/** How a command ended. */
export interface CommandResult {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command of the program; servers of the test go on meanwhile. @param env besides PATH */
export async function runCommand(
  args: readonly string[],
  env: Record<string, string>,
  runtime: Runtime = 'binary',
): Promise<CommandResult> {
  const [program, ...first] = commandOf(runtime)
  const child = spawn(program, [...first, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => (stdout += String(chunk)))
  child.stderr.on('data', (chunk) => (stderr += String(chunk)))
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { status, stdout, stderr }
}
