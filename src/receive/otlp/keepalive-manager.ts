import type { ServerHttp2Session } from 'node:http2'
import { untilAborted } from '../../async/until-aborted.ts'

/** How connections are kept alive and ended; times in milliseconds. */
export interface KeepaliveSettings {
  readonly keepaliveTime: number
  readonly keepaliveTimeout: number
  readonly maxConnectionAge?: number | undefined
}

/** Pings idle connections, and closes old ones gracefully: GOAWAY first, the connection once its calls are answered. */
export class KeepaliveManager {
  readonly #sessions = new Set<ServerHttp2Session>()

  constructor(private readonly settings: KeepaliveSettings) {}

  track(session: ServerHttp2Session): void {
    const { keepaliveTime, maxConnectionAge } = this.settings
    this.#sessions.add(session)
    session.on('error', () => session.destroy())
    const pinger = setInterval(() => this.#ping(session), keepaliveTime)
    pinger.unref()
    // Varied by a tenth, so that clients do not all reconnect at once.
    const age = maxConnectionAge === undefined ? undefined : maxConnectionAge * (0.9 + Math.random() * 0.2)
    const ager = age === undefined ? undefined : setTimeout(() => session.close(), age)
    ager?.unref()
    session.on('close', () => {
      clearInterval(pinger)
      clearTimeout(ager)
      this.#sessions.delete(session)
    })
  }

  #ping(session: ServerHttp2Session): void {
    if (session.destroyed) return
    const timer = setTimeout(() => session.destroy(), this.settings.keepaliveTimeout)
    timer.unref()
    try {
      session.ping(() => clearTimeout(timer))
    } catch {
      clearTimeout(timer)
    }
  }

  /** Sends GOAWAY to all, and waits until their calls are answered, or until `deadline`. */
  async stop(deadline: AbortSignal): Promise<void> {
    const ended = [...this.#sessions].map((session) =>
      new Promise<void>((resolve) => {
        session.once('close', () => resolve())
        session.close()
      })
    )
    await Promise.race([Promise.all(ended), untilAborted(deadline)])
    for (const session of this.#sessions) session.destroy()
  }
}
