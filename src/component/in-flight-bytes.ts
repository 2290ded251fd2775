/** So much is arriving at once that one more request has to wait; it may be sent again. */
export class BusyError extends Error {
  override readonly name = 'BusyError'
  /** When it is worth to try again, in milliseconds. */
  readonly retryAfterMs = 1000
}

/** Counts the bytes of requests that are arriving, of all receivers together, so that they stay within a bound. */
export class InFlightBytes {
  #held = 0

  constructor(private readonly max: number) {}

  /**
   * Notes bytes that arrived, or are about to. A single request always has room.
   *
   * @throws {BusyError} if there is no room for them; then they are not noted
   */
  take(bytes: number): void {
    if (this.#held > 0 && this.#held + bytes > this.max) {
      throw new BusyError(`Requests of over ${this.max} bytes are arriving at once (receive.maxInFlight)`)
    }
    this.#held += bytes
  }

  /** Notes that they are gone. */
  give(bytes: number): void {
    this.#held -= bytes
  }
}
