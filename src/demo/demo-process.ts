import { type ChildProcess, spawn } from 'node:child_process'
import { launchCommand } from '../platform/launch-command.ts'

/** The demo ends by itself after this time. */
const DURATION = '10m'

/** Runs the demo in a separate process, so that the agent's cost is not affected; it ends with the agent. */
export class DemoProcess {
  #child: ChildProcess | undefined

  /** Whether the process runs. */
  get isRunning(): boolean {
    return this.#child !== undefined
  }

  /** Starts the demo, unless it runs. @param port of OTLP over HTTP on this machine */
  start(port: number): void {
    if (this.#child !== undefined) return
    const [program, ...args] = launchCommand()
    const flags = ['demo', '--traffic', '--for', DURATION, '--port', '0', '--otlp-http-port', String(port)]
    const child = spawn(program, [...args, ...flags], { stdio: 'ignore' })
    const ended = (): void => {
      if (this.#child === child) this.#child = undefined
    }
    child.on('exit', ended)
    child.on('error', ended)
    this.#child = child
  }

  /** Ends the demo, if it runs. */
  stop(): void {
    this.#child?.kill('SIGTERM')
    this.#child = undefined
  }
}
