/** Why a request was not taken, in the terms of both protocols. */
export interface Rejection {
  /** Of gRPC (https://grpc.io/docs/guides/status-codes). */
  readonly code: number
  /** Of HTTP. */
  readonly status: number
  readonly message: string
  /** When the client may try again, in milliseconds. */
  readonly retryAfterMs?: number
}

const grpc = { invalidArgument: 3, resourceExhausted: 8, unimplemented: 12, internal: 13, unavailable: 14 } as const

/** The refusal that an error means. Errors are known by their name, since each stage has its own. */
export function rejectionOf(error: unknown): Rejection {
  const message = error instanceof Error ? error.message : String(error)
  const name = error instanceof Error ? error.name : ''
  switch (name) {
    case 'WireError':
    case 'JsonError':
    case 'EncodingError':
      return { code: grpc.invalidArgument, status: 400, message }
    case 'TooLargeError':
      return { code: grpc.resourceExhausted, status: 413, message }
    case 'BusyError':
    case 'QueueFullError': {
      const wait = error instanceof Error && 'retryAfterMs' in error ? Number(error.retryAfterMs) : 1000
      return { code: grpc.unavailable, status: 503, message, retryAfterMs: wait }
    }
    case 'UnsupportedError':
      return { code: grpc.unimplemented, status: 415, message }
    default:
      return { code: grpc.internal, status: 500, message }
  }
}

/** A body, or what it becomes when it is unpacked, is over the limit. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError'

  constructor(maxBytes: number) {
    super(`The message is over ${maxBytes} bytes`)
  }
}

/** A body is not what its Content-Encoding says. */
export class EncodingError extends Error {
  override readonly name = 'EncodingError'
}

/** A content type or encoding that is not spoken here. */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError'
}
