import { spawn } from 'node:child_process'

/** Notifies systemd of the agent's state, if systemd runs it (sd_notify(3)). */
export class NotifySystemd {
  readonly #isRequested: boolean
  readonly #intervalMs: number
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#isRequested = Boolean(env['NOTIFY_SOCKET'])
    // Twice as often as the watchdog requires; WATCHDOG_USEC is in microseconds.
    this.#intervalMs = Number(env['WATCHDOG_USEC'] ?? 0) / 2000
  }

  /** Reports that the agent is ready, and from now on to the watchdog that it is alive. */
  ready(): void {
    this.#notify('--ready')
    if (this.#isRequested && this.#intervalMs > 0) {
      this.#timer = setInterval(() => this.#notify('WATCHDOG=1'), this.#intervalMs)
      this.#timer.unref()
    }
  }

  /** Reports that the agent is stopping. */
  stopping(): void {
    clearInterval(this.#timer)
    this.#notify('STOPPING=1')
  }

  /** @param state `--ready`, or an assignment as in sd_notify(3) */
  #notify(state: string): void {
    if (!this.#isRequested) return
    // Neither runtime can send datagrams over Unix sockets; the program that comes with systemd can.
    spawn('systemd-notify', [state], { stdio: 'ignore' }).on('error', () => {})
  }
}
