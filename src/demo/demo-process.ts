import { type ChildProcess, spawn } from 'node:child_process'
import { ownCommand } from '../platform/own-command.ts'

/** How long the demo goes on if nobody ends it. */
const FOR = '10m'

/** The demo, in a process of its own: what it costs is not the agent's, and it goes with the agent. */
export class DemoProcess {
  #child: ChildProcess | undefined

  get isRunning(): boolean {
    return this.#child !== undefined
  }

  /** Starts it, unless it runs. @param port where OTLP over HTTP is taken */
  start(port: number): void {
    if (this.#child !== undefined) return
    const [program, ...args] = ownCommand()
    const own = ['demo', '--traffic', '--for', FOR, '--port', '0', '--otlp-http-port', String(port)]
    const child = spawn(program, [...args, ...own], { stdio: 'ignore' })
    const ended = (): void => {
      if (this.#child === child) this.#child = undefined
    }
    child.on('exit', ended)
    child.on('error', ended)
    this.#child = child
  }

  stop(): void {
    this.#child?.kill('SIGTERM')
    this.#child = undefined
  }
}
