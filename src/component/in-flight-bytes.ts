import { formatBytes } from '../bytes/format-bytes.ts'
import { RejectedError } from './rejected-error.ts'

/** When a client should try again, in milliseconds. */
const RETRY_AFTER_MS = 1000

/** Counts the bytes of requests that are arriving, of all receivers together, and keeps them within a bound. */
export class InFlightBytes {
  #held = 0

  constructor(private readonly maxBytes: number) {}

  /**
   * Counts bytes that arrived, or are about to. A single request always has room.
   *
   * @throws {RejectedError} `busy` if there is no room for them; then they are not counted
   */
  acquire(bytes: number): void {
    if (this.#held > 0 && this.#held + bytes > this.maxBytes) {
      const message = `Requests of over ${formatBytes(this.maxBytes)} are arriving at once (receive.maxInFlight)`
      throw new RejectedError('busy', message, { retryAfterMs: RETRY_AFTER_MS })
    }
    this.#held += bytes
  }

  /** Stops counting bytes that were acquired. */
  release(bytes: number): void {
    this.#held -= bytes
  }
}
