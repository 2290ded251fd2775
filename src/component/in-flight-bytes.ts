import { type Clock, systemClock } from '../async/clock.ts'
import { formatBytes } from '../bytes/format-bytes.ts'
import { RejectedError } from './rejected-error.ts'

/** When a client should try again, in milliseconds. */
const RETRY_AFTER_MS = 1000
/** A request that has been arriving for longer gives way to others when there is no room; in milliseconds. */
const GIVE_WAY_MS = 2000
/** How long a request may take to arrive, in milliseconds. */
const ARRIVE_MS = 30_000
/** How often it is checked that none takes longer, in milliseconds. */
const CHECK_MS = 1000
/** Requests up to this size, in bytes, have an eighth more room than larger ones, so that large ones cannot lock them out. */
const SMALL_BYTES = 1 << 16
const SMALL_SHARE = 1 / 8

/** A request that is arriving. */
export interface ArrivingRequest {
  /**
   * Counts bytes that arrived.
   *
   * @throws {RejectedError} `busy` if there is no room for them; then they are not counted
   */
  add(bytes: number): void
  /** It arrived, or is gone: nothing of it counts any more. */
  end(): void
}

interface Arriving extends ArrivingRequest {
  readonly since: number
  held: number
  readonly onRejected: (error: RejectedError) => void
}

/**
 * Counts the bytes of requests that are arriving, of all receivers together, and keeps them within a bound. Bytes count
 * once they have arrived, whatever a head declares; and a request that is slow gives way to others, so that clients
 * that stall cannot lock out everybody.
 */
export class InFlightBytes {
  #held = 0
  /** The one that has been arriving for the longest is first. */
  readonly #arriving = new Set<Arriving>()
  #isChecking = false

  constructor(private readonly maxBytes: number, private readonly clock: Clock = systemClock) {}

  /**
   * Opens a request, whose `end` must be called.
   *
   * @param onRejected called if it has to give way, or takes too long; it then counts no more
   */
  open(onRejected: (error: RejectedError) => void): ArrivingRequest {
    const request: Arriving = {
      since: this.clock.monotonic(),
      held: 0,
      onRejected,
      add: (bytes) => this.#add(request, bytes),
      end: () => this.#end(request),
    }
    this.#arriving.add(request)
    this.#checkLater()
    return request
  }

  #add(request: Arriving, bytes: number): void {
    if (!this.#arriving.has(request)) return
    const max = request.held + bytes <= SMALL_BYTES ? this.maxBytes * (1 + SMALL_SHARE) : this.maxBytes
    // A single request always has room.
    while (this.#held > request.held && this.#held + bytes > max) {
      if (!this.#makeRoom(request)) {
        const message = `Requests of over ${formatBytes(this.maxBytes)} are arriving at once (receive.maxInFlight)`
        throw new RejectedError('busy', message, { retryAfterMs: RETRY_AFTER_MS })
      }
    }
    request.held += bytes
    this.#held += bytes
  }

  /** Ends the slowest request. @returns false if none is slow */
  #makeRoom(newcomer: Arriving): boolean {
    for (const request of this.#arriving) {
      if (this.clock.monotonic() - request.since < GIVE_WAY_MS) return false
      if (request === newcomer || request.held === 0) continue
      const message = `It was arriving for over ${GIVE_WAY_MS / 1000} s, and gave way to others: requests of over ${
        formatBytes(this.maxBytes)
      } are arriving at once (receive.maxInFlight)`
      this.#reject(request, new RejectedError('busy', message, { retryAfterMs: RETRY_AFTER_MS }))
      return true
    }
    return false
  }

  #checkLater(): void {
    if (this.#isChecking || this.#arriving.size === 0) return
    this.#isChecking = true
    this.clock.afterInBackground(CHECK_MS, () => {
      this.#isChecking = false
      this.#check()
      this.#checkLater()
    })
  }

  /** Ends requests that take too long. */
  #check(): void {
    for (const request of this.#arriving) {
      if (this.clock.monotonic() - request.since < ARRIVE_MS) return
      this.#reject(request, new RejectedError('timeout', `It did not arrive within ${ARRIVE_MS / 1000} s`))
    }
  }

  #reject(request: Arriving, error: RejectedError): void {
    this.#end(request)
    request.onRejected(error)
  }

  #end(request: Arriving): void {
    if (this.#arriving.delete(request)) this.#held -= request.held
  }
}
