/** Why a receiver rejects what a client sent. */
export type RejectionCode =
  /** It is not well-formed; sending it again cannot help. */
  | 'invalid'
  /** It is larger than the limits allow. */
  | 'too-large'
  /** Its content type, encoding or service is not supported. */
  | 'unsupported'
  /** There is no room now; the client should send it again later. */
  | 'busy'
  /** It took too long to arrive. */
  | 'timeout'

/** What a {@link RejectedError} has besides its code and message. */
export interface RejectedErrorOptions extends ErrorOptions {
  /** When the client should try again, in milliseconds; for `busy` alone. */
  readonly retryAfterMs?: number
}

/** A request, or a part of one, that is not accepted. Receivers turn the code into a status of their protocol. */
export class RejectedError extends Error {
  override readonly name: string = 'RejectedError'
  readonly retryAfterMs: number | undefined

  constructor(readonly code: RejectionCode, message: string, options: RejectedErrorOptions = {}) {
    super(message, options)
    this.retryAfterMs = options.retryAfterMs
  }
}
