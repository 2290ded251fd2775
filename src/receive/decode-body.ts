import { hasZstd, inflate } from '../platform/inflate.ts'
import { EncodingError, TooLargeError, UnsupportedError } from './rejection.ts'

const encodings = new Map<string, 'gzip' | 'deflate' | 'zstd' | undefined>([
  ['', undefined],
  ['identity', undefined],
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ...(hasZstd ? [['zstd', 'zstd'] as const] : []),
])

/** The encodings that are taken, as a client may name them. */
export const acceptedEncodings: string = ['gzip', 'deflate', ...(hasZstd ? ['zstd'] : [])].join(', ')

/**
 * Undoes a Content-Encoding.
 *
 * @throws {UnsupportedError | TooLargeError | EncodingError}
 */
export function decodeBody(encoding: string, body: Uint8Array<ArrayBuffer>, maxBytes: number): Uint8Array {
  if (body.length > maxBytes) throw new TooLargeError(maxBytes)
  const name = encoding.trim().toLowerCase()
  if (!encodings.has(name)) {
    throw new UnsupportedError(`Content-Encoding "${encoding}" is not taken; ${acceptedEncodings} are`)
  }
  const known = encodings.get(name)
  if (known === undefined) return body
  try {
    const decoded = inflate(known, body, maxBytes)
    if (decoded.length <= maxBytes) return decoded
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw new EncodingError(`The body is no ${name}`, { cause })
  }
  throw new TooLargeError(maxBytes)
}
