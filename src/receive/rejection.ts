import { formatBytes } from '../bytes/format-bytes.ts'
import { RejectedError, type RejectionCode } from '../component/rejected-error.ts'
import { errorMessage } from '../errors/error-message.ts'

/** Why a request was rejected, in the terms of both protocols. */
export interface Rejection {
  /** Status code of gRPC (https://grpc.io/docs/guides/status-codes). */
  readonly rpcStatus: number
  /** Status code of HTTP. */
  readonly httpStatus: number
  readonly message: string
  /** When the client should try again, in milliseconds. */
  readonly retryAfterMs?: number
}

const INTERNAL = { rpcStatus: 13, httpStatus: 500 } as const
const statuses: Readonly<Record<RejectionCode, { readonly rpcStatus: number; readonly httpStatus: number }>> = {
  invalid: { rpcStatus: 3, httpStatus: 400 },
  'too-large': { rpcStatus: 8, httpStatus: 413 },
  unsupported: { rpcStatus: 12, httpStatus: 415 },
  busy: { rpcStatus: 14, httpStatus: 503 },
  timeout: { rpcStatus: 4, httpStatus: 408 },
}

/** The statuses of an error: those of its code, or of an internal error if it is no {@link RejectedError}. */
export function rejectionOf(error: unknown): Rejection {
  const message = errorMessage(error)
  if (!(error instanceof RejectedError)) return { ...INTERNAL, message }
  const retry = error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }
  return { ...statuses[error.code], message, ...retry }
}

/** Statuses after which a connection is closed: what is left of the body is not waited for. */
const closing: ReadonlySet<number> = new Set([408, 413, 503])

/** The headers of an HTTP answer that say when to try again, and that end a connection whose body may not have come. */
export function rejectionHeaders({ httpStatus, retryAfterMs }: Rejection): Record<string, string> {
  return {
    ...(closing.has(httpStatus) ? { connection: 'close' } : {}),
    ...(retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
  }
}

/** The error for a body over a limit, compressed or decompressed. @param maxBytes the limit */
export function tooLarge(maxBytes: number): RejectedError {
  return new RejectedError('too-large', `The message is over ${formatBytes(maxBytes)}`)
}
