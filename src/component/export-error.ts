/** A document of a batch that was not accepted. */
export interface FailedDocument {
  /** Its place in the batch, from 0. */
  readonly index: number
  /** False if sending it again cannot help. */
  readonly isRetryable: boolean
  /** The backend's error code. */
  readonly code: string
  readonly reason: string
}

/** What an {@link ExportError} has besides its message. */
export interface ExportErrorOptions {
  readonly cause?: unknown
  /** How long the backend asks to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined
  readonly failed?: readonly FailedDocument[]
  /** The backend works, and asks for fewer requests at a time. */
  readonly isThrottle?: boolean
  /** It persists until a person acts. */
  readonly isUrgent?: boolean
  /** The backend read the documents, so a rejection is about them. */
  readonly isRead?: boolean
  /** The time by the backend's clock, in Unix milliseconds. */
  readonly backendTime?: number | undefined
}

/**
 * Why a batch was not delivered, and what to do about it:
 *
 * - `retryable`: the backend is unavailable, slow or busy; the same batch may be accepted later
 * - `permanent`: the batch is rejected as a whole; a part of it may be accepted
 * - `partial`: all documents but `failed` were accepted
 */
export class ExportError extends Error {
  override readonly name = 'ExportError'
  readonly retryAfterMs: number | undefined
  readonly failed: readonly FailedDocument[]
  readonly isThrottle: boolean
  readonly isUrgent: boolean
  readonly isRead: boolean
  readonly backendTime: number | undefined

  constructor(readonly kind: 'retryable' | 'permanent' | 'partial', message: string, options: ExportErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.retryAfterMs = options.retryAfterMs
    this.failed = options.failed ?? []
    this.isThrottle = options.isThrottle ?? false
    this.isUrgent = options.isUrgent ?? false
    this.isRead = options.isRead ?? false
    this.backendTime = options.backendTime
  }
}
