import type { ServerHttp2Session } from 'node:http2'
import { descriptorLimit } from '../../platform/guard-descriptors.ts'

/** How many connections a server has at most, and what share of the file descriptors they may take. */
const MAX_CONNECTIONS = 8192
const DESCRIPTOR_SHARE = 1 / 2
/** What share of the connections one address may have. */
const ADDRESS_SHARE = 1 / 2
/** A client that connects must greet within this time; in milliseconds. */
const GREETING_MS = 10_000
/** A connection without calls is closed after this time; in milliseconds. */
const IDLE_MS = 600_000
const CHECK_MS = 60_000

interface Connection {
  readonly session: ServerHttp2Session
  readonly address: string
  calls: number
  idleSince: number
}

/**
 * Bounds the connections of an HTTP/2 server, in all and for each address. Over the bound a new one takes the place of
 * one that never greeted, else of the one that has been idle for the longest; if all have calls, the new one is closed.
 */
export class ConnectionLimits {
  readonly #connections = new Map<object, Connection>()
  /** Those that never greeted, and those without calls; the oldest first. */
  readonly #silent = new Set<Connection>()
  readonly #idle = new Set<Connection>()
  readonly #perAddress = new Map<string, number>()
  readonly #timer: ReturnType<typeof setInterval>

  /** @param onClosed called with the reason whenever a connection had to make room, or found none */
  constructor(
    private readonly onClosed: (reason: string) => void,
    private readonly max = Math.floor(Math.min(MAX_CONNECTIONS, (descriptorLimit() ?? Infinity) * DESCRIPTOR_SHARE)),
  ) {
    this.#timer = setInterval(() => this.#closeOld(), CHECK_MS)
    this.#timer.unref()
  }

  /** Counts a new connection, and closes it or another one if there are too many. */
  track(session: ServerHttp2Session): void {
    const address = session.socket?.remoteAddress ?? ''
    const connection: Connection = { session, address, calls: 0, idleSince: performance.now() }
    this.#makeRoom(address)
    this.#connections.set(session, connection)
    this.#silent.add(connection)
    this.#perAddress.set(address, this.#countOf(address) + 1)
    const greeting = setTimeout(() => this.#end(connection), GREETING_MS)
    greeting.unref()
    session.once('remoteSettings', () => {
      clearTimeout(greeting)
      if (this.#silent.delete(connection) && connection.calls === 0) this.#idle.add(connection)
    })
    session.on('close', () => {
      clearTimeout(greeting)
      this.#forget(connection)
    })
    if (this.#isFull(address)) {
      this.onClosed(`all ${this.#countOf(address)} connections of ${address} have calls`)
      this.#end(connection)
    }
  }

  /** A call of a connection began. @returns a function to call when it ends */
  begin(session: object | undefined): () => void {
    const connection = session === undefined ? undefined : this.#connections.get(session)
    if (connection === undefined) return () => {}
    connection.calls++
    this.#silent.delete(connection)
    this.#idle.delete(connection)
    return () => {
      if (--connection.calls > 0 || !this.#connections.has(connection.session)) return
      connection.idleSince = performance.now()
      this.#idle.add(connection)
    }
  }

  /** Closes all connections without calls. */
  closeIdle(): void {
    for (const connection of [...this.#silent, ...this.#idle]) this.#end(connection)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #isFull(address: string): boolean {
    return this.#connections.size > this.max || this.#countOf(address) > this.max * ADDRESS_SHARE
  }

  #makeRoom(address: string): void {
    const isAddressFull = this.#countOf(address) + 1 > this.max * ADDRESS_SHARE
    if (!isAddressFull && this.#connections.size < this.max) return
    for (const connections of [this.#silent, this.#idle]) {
      for (const connection of connections) {
        if (isAddressFull && connection.address !== address) continue
        const ofAddress = isAddressFull ? ` of ${address}` : ''
        this.onClosed(
          `the limit of ${
            isAddressFull ? Math.floor(this.max * ADDRESS_SHARE) : this.max
          } connections${ofAddress} is reached`,
        )
        this.#end(connection)
        return
      }
    }
  }

  #closeOld(): void {
    for (const connection of this.#idle) {
      if (performance.now() - connection.idleSince < IDLE_MS) return
      this.#idle.delete(connection)
      // GOAWAY, so that a client that is about to call connects again.
      connection.session.close()
    }
  }

  #end(connection: Connection): void {
    this.#forget(connection)
    connection.session.destroy()
  }

  #forget(connection: Connection): void {
    if (!this.#connections.delete(connection.session)) return
    this.#silent.delete(connection)
    this.#idle.delete(connection)
    const left = this.#countOf(connection.address) - 1
    if (left > 0) this.#perAddress.set(connection.address, left)
    else this.#perAddress.delete(connection.address)
  }

  #countOf(address: string): number {
    return this.#perAddress.get(address) ?? 0
  }
}
