import type { InFlightBytes } from '../component/in-flight-bytes.ts'
import type { RejectedError } from '../component/rejected-error.ts'
import { BodyBuffer } from './body-buffer.ts'
import { tooLarge } from './rejection.ts'

/** A body up to this size, in bytes, is read in one piece, which costs less; its declared size counts while it arrives. */
const WHOLE_BYTES = 1 << 16

/**
 * Reads a request's body, and stops as soon as it is too long.
 *
 * @param onBody gets the body; the bytes count as in flight until what it returns resolves
 * @throws {RejectedError} `too-large` if it is over `maxBytes`
 * @throws {RejectedError} `busy` if too much is arriving at once
 * @throws {RejectedError} `timeout` if it takes too long
 */
export async function readBody<T>(
  request: Request,
  maxBytes: number,
  inFlight: InFlightBytes,
  onBody: (body: Uint8Array<ArrayBuffer>) => T | Promise<T>,
): Promise<T> {
  const size = Number(request.headers.get('content-length') ?? NaN)
  if (size > maxBytes) throw tooLarge(maxBytes)
  const { promise: rejected, reject } = Promise.withResolvers<never>()
  const arriving = inFlight.open((error: RejectedError) => reject(error))
  // The body may arrive in time, and then nobody waits for this.
  rejected.catch(() => {})
  try {
    if (size <= WHOLE_BYTES) {
      arriving.add(size)
      return await onBody(new Uint8Array(await Promise.race([request.arrayBuffer(), rejected])))
    }
    const body = new BodyBuffer()
    const reader = request.body?.getReader()
    try {
      for (;;) {
        const chunk = await Promise.race([reader?.read(), rejected])
        if (chunk === undefined || chunk.done) break
        if (body.size + chunk.value.length > maxBytes) throw tooLarge(maxBytes)
        arriving.add(chunk.value.length)
        body.push(chunk.value)
      }
    } catch (error) {
      body.clear()
      void reader?.cancel().catch(() => {})
      throw error
    }
    return await onBody(body.bytes)
  } finally {
    arriving.end()
  }
}
