import { spawn } from 'node:child_process'

/** Tells systemd how the agent is, where it runs it (sd_notify(3)). */
export class NotifySystemd {
  readonly #isAsked: boolean
  readonly #everyMs: number
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#isAsked = Boolean(env['NOTIFY_SOCKET'])
    // Twice as often as it is asked for.
    this.#everyMs = Number(env['WATCHDOG_USEC'] ?? 0) / 2000
  }

  /** The agent is ready; from now on it is told that it is alive. */
  ready(): void {
    this.#tell('--ready')
    if (this.#isAsked && this.#everyMs > 0) {
      this.#timer = setInterval(() => this.#tell('WATCHDOG=1'), this.#everyMs)
      this.#timer.unref()
    }
  }

  stopping(): void {
    clearInterval(this.#timer)
    this.#tell('STOPPING=1')
  }

  #tell(what: string): void {
    if (!this.#isAsked) return
    // Neither runtime has datagrams over local sockets; the program that comes with systemd has.
    spawn('systemd-notify', [what], { stdio: 'ignore' }).on('error', () => {})
  }
}
