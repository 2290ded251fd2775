import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createPrivateFile } from '../files/create-private-file.ts'
import { launchCommand } from '../platform/launch-command.ts'
import type { ServiceManager } from './service-manager.ts'

/** How long the agent may take to be ready, and to end, in milliseconds. */
const READY_TIMEOUT_MS = 15_000
const STOP_TIMEOUT_MS = 40_000
/** Polling interval, in milliseconds. */
const STEP_MS = 50

/** Runs the agent as a process in the background, and keeps its id in a file. */
export class ProcessManager implements ServiceManager {
  readonly #pidFile: string
  readonly #logFile: string

  /** @param dir the folder of the pid file and the log */
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
    if (this.isRunning()) throw new Error(`The agent already runs, as process ${this.#pid()}`)
    createPrivateFile(this.#logFile)
    // Only stderr is kept: stdout has one line per trace, which would grow without bound.
    const log = openSync(this.#logFile, 'a')
    const logStart = statSync(this.#logFile).size
    const [program, ...args] = launchCommand()
    const runArgs = [...args, 'run', ...(config === undefined ? [] : ['--config', config])]
    const child = spawn(program, runArgs, { detached: true, stdio: ['ignore', 'ignore', log] })
    closeSync(log)
    let failure: string | undefined
    child.on('error', (error) => (failure = error.message))
    child.on('exit', (code, signal) => (failure = `it exited with ${signal ?? code}`))
    writeFileSync(this.#pidFile, `${child.pid}\n`)
    const logged = (): string => readFileSync(this.#logFile).subarray(logStart).toString()
    const deadline = Date.now() + READY_TIMEOUT_MS
    while (!/ Started: /.test(logged())) {
      if (failure !== undefined || Date.now() > deadline) {
        if (failure === undefined) child.kill('SIGKILL')
        rmSync(this.#pidFile, { force: true })
        const reason = failure ?? `it is not ready after ${READY_TIMEOUT_MS / 1000} s`
        throw new Error(`The agent did not start: ${reason}\n${logged().trim()}`)
      }
      await pause()
    }
    child.unref()
  }

  async stop(): Promise<void> {
    const pid = this.#pid()
    if (pid === undefined) throw new Error('The agent does not run')
    process.kill(pid, 'SIGTERM')
    const deadline = Date.now() + STOP_TIMEOUT_MS
    while (this.#pid() !== undefined) {
      if (Date.now() > deadline) process.kill(pid, 'SIGKILL')
      await pause()
    }
    rmSync(this.#pidFile, { force: true })
  }

  logCommand(follow: boolean): readonly [string, ...string[]] {
    return ['tail', '-n', '200', ...(follow ? ['-F'] : []), this.#logFile]
  }

  /** The id of the agent's process; undefined if the pid file is stale, or its id belongs to another program now. */
  #pid(): number | undefined {
    if (!existsSync(this.#pidFile)) return undefined
    const pid = Number(readFileSync(this.#pidFile, 'utf8').trim())
    if (!Number.isInteger(pid) || pid <= 1) return undefined
    try {
      process.kill(pid, 0)
    } catch {
      return undefined
    }
    const commandFile = `/proc/${pid}/cmdline`
    if (!existsSync(commandFile)) return pid
    // A zombie has an empty command line.
    return readFileSync(commandFile, 'utf8').split('\0').includes('run') ? pid : undefined
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, STEP_MS))
}
