import type { InFlightBytes } from '../component/in-flight-bytes.ts'
import { tooLarge } from './rejection.ts'

/**
 * Reads a request's body, and stops as soon as it is too long.
 *
 * @param onBody gets the body; the bytes count as in flight until it returns
 * @throws {RejectedError} `too-large` if it is over `maxBytes`
 * @throws {RejectedError} `busy` if too much is arriving at once
 */
export async function readBody<T>(
  request: Request,
  maxBytes: number,
  inFlight: InFlightBytes,
  onBody: (body: Uint8Array<ArrayBuffer>) => T,
): Promise<T> {
  const length = request.headers.get('content-length')
  if (length === null) return await readUnknown(request, maxBytes, inFlight, onBody)
  const size = Number(length)
  if (size > maxBytes) throw tooLarge(maxBytes)
  inFlight.acquire(size)
  try {
    return onBody(new Uint8Array(await request.arrayBuffer()))
  } finally {
    inFlight.release(size)
  }
}

async function readUnknown<T>(
  request: Request,
  maxBytes: number,
  inFlight: InFlightBytes,
  onBody: (body: Uint8Array<ArrayBuffer>) => T,
): Promise<T> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of request.body ?? []) {
      if (size + chunk.length > maxBytes) throw tooLarge(maxBytes)
      inFlight.acquire(chunk.length)
      size += chunk.length
      chunks.push(chunk)
    }
    const body = new Uint8Array(size)
    let at = 0
    for (const chunk of chunks) {
      body.set(chunk, at)
      at += chunk.length
    }
    return onBody(body)
  } finally {
    inFlight.release(size)
  }
}
