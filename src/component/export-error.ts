/** A document of a batch that was not taken. */
export interface FailedDocument {
  /** Its place in the batch, from 0. */
  readonly index: number
  /** False if sending it again cannot help. */
  readonly isRetryable: boolean
  /** What the destination calls the flaw. */
  readonly code: string
  readonly reason: string
}

/** What an {@link ExportError} knows besides its message. */
export interface ExportErrorOptions {
  readonly cause?: unknown
  /** How long the destination asks to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined
  readonly failed?: readonly FailedDocument[]
  /** The destination works, and wants less at a time. */
  readonly isThrottle?: boolean
  /** It does not pass until a person does something. */
  readonly isUrgent?: boolean
}

/**
 * Why a batch was not delivered, by what is to be done:
 *
 * - `retryable`: the destination is away, slow or busy; the same batch may pass later
 * - `permanent`: the batch is refused as it is; a part of it may pass
 * - `partial`: all but `failed` was taken
 */
export class ExportError extends Error {
  override readonly name = 'ExportError'
  readonly retryAfterMs: number | undefined
  readonly failed: readonly FailedDocument[]
  readonly isThrottle: boolean
  readonly isUrgent: boolean

  constructor(readonly kind: 'retryable' | 'permanent' | 'partial', message: string, options: ExportErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.retryAfterMs = options.retryAfterMs
    this.failed = options.failed ?? []
    this.isThrottle = options.isThrottle ?? false
    this.isUrgent = options.isUrgent ?? false
  }
}
