import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../../scripts/tools.mjs'

const execute = promisify(execFile)
const folder = join(root, 'node_modules/.cache/clients')
const sources = join(root, 'test/clients')

/** Runs a program. @returns the JSON in its last line of output @throws {Error} with its stderr if it fails */
export async function runClient(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Record<string, unknown>> {
  const { stdout } = await execute(command, [...args], { env: { ...process.env, ...env }, timeout: 60_000 })
  return JSON.parse(stdout.trim().split('\n').pop() ?? '')
}

/** Installs the Python SDKs into a virtual environment. @returns its Python, or why there is none */
export async function preparePython(): Promise<{ python: string } | { skip: string }> {
  const venv = join(folder, 'python')
  const python = join(venv, 'bin/python')
  // Named after the requirements, so that changed ones are installed.
  const requirements = readFileSync(join(sources, 'requirements.txt'))
  const marker = join(venv, `ready-${createHash('sha256').update(requirements).digest('hex').slice(0, 12)}`)
  try {
    if (!existsSync(marker)) {
      await execute('python3', ['-m', 'venv', venv])
      await execute(python, ['-m', 'pip', 'install', '-q', '-r', join(sources, 'requirements.txt')], {
        timeout: 300_000,
      })
      writeFileSync(marker, '')
    }
    return { python }
  } catch (error) {
    return { skip: `no Python SDKs: ${firstLine(error)}` }
  }
}

/** Compiles the Go client. @returns the program, or why there is none */
export async function prepareGo(): Promise<{ program: string } | { skip: string }> {
  const program = join(folder, 'go-client')
  try {
    mkdirSync(folder, { recursive: true })
    await execute('go', ['build', '-o', program, '.'], { cwd: join(sources, 'go'), timeout: 300_000 })
    return { program }
  } catch (error) {
    return { skip: `no Go SDK: ${firstLine(error)}` }
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
}
