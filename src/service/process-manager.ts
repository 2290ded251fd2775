import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ownCommand } from '../platform/own-command.ts'
import type { ServiceManager } from './service-manager.ts'

/** How long it may take to be ready, and to end, in milliseconds. */
const READY_MS = 15_000
const END_MS = 40_000
const STEP_MS = 50

/** Runs the agent as a process in the background, with a file that has its process id. */
export class ProcessManager implements ServiceManager {
  readonly #pidFile: string
  readonly #logFile: string

  /** @param dir where the file with the process id and the log are kept */
  constructor(private readonly dir: string) {
    this.#pidFile = join(dir, 'rontgen.pid')
    this.#logFile = join(dir, 'rontgen.log')
  }

  get name(): string {
    return `a process in the background; its log is ${this.#logFile}`
  }

  isRunning(): boolean {
    return this.#pid() !== undefined
  }

  startedAt(): string | undefined {
    return this.isRunning() ? statSync(this.#pidFile).mtime.toISOString() : undefined
  }

  async start(config: string | undefined): Promise<void> {
    if (this.isRunning()) throw new Error(`It runs already, as process ${this.#pid()}`)
    mkdirSync(this.dir, { recursive: true, mode: 0o750 })
    // Errors and events alone: a line a trace would grow without bound, and the page shows them.
    const log = openSync(this.#logFile, 'a')
    const from = statSync(this.#logFile).size
    const [program, ...args] = ownCommand()
    const line = [...args, 'run', ...(config === undefined ? [] : ['--config', config])]
    const child = spawn(program, line, { detached: true, stdio: ['ignore', 'ignore', log] })
    closeSync(log)
    let ended: string | undefined
    child.on('error', (error) => (ended = error.message))
    child.on('exit', (code, signal) => (ended = `it ended with ${signal ?? code}`))
    writeFileSync(this.#pidFile, `${child.pid}\n`)
    const said = (): string => readFileSync(this.#logFile).subarray(from).toString()
    const deadline = Date.now() + READY_MS
    while (!/ Started: /.test(said())) {
      if (ended !== undefined || Date.now() > deadline) {
        if (ended === undefined) child.kill('SIGKILL')
        rmSync(this.#pidFile, { force: true })
        throw new Error(
          `The agent does not come up: ${ended ?? `not ready after ${READY_MS / 1000} s`}\n${said().trim()}`,
        )
      }
      await pause()
    }
    child.unref()
  }

  async stop(): Promise<void> {
    const pid = this.#pid()
    if (pid === undefined) throw new Error('It does not run')
    process.kill(pid, 'SIGTERM')
    const deadline = Date.now() + END_MS
    while (this.#pid() !== undefined) {
      if (Date.now() > deadline) process.kill(pid, 'SIGKILL')
      await pause()
    }
    rmSync(this.#pidFile, { force: true })
  }

  logCommand(follow: boolean): readonly [string, ...string[]] {
    return ['tail', '-n', '200', ...(follow ? ['-F'] : []), this.#logFile]
  }

  /** The agent's process; a file that was left behind, or whose number went to another program, counts as none. */
  #pid(): number | undefined {
    if (!existsSync(this.#pidFile)) return undefined
    const pid = Number(readFileSync(this.#pidFile, 'utf8').trim())
    if (!Number.isInteger(pid) || pid <= 1) return undefined
    try {
      process.kill(pid, 0)
    } catch {
      return undefined
    }
    const line = `/proc/${pid}/cmdline`
    if (!existsSync(line)) return pid
    // An ended child that nobody waited for has no command line.
    return readFileSync(line, 'utf8').split('\0').includes('run') ? pid : undefined
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, STEP_MS))
}
