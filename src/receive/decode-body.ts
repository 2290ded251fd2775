import { decompress, hasZstd } from '../platform/decompress.ts'
import { RejectedError } from '../component/rejected-error.ts'
import { tooLarge } from './rejection.ts'

const encodings = new Map<string, 'gzip' | 'deflate' | 'zstd' | undefined>([
  ['', undefined],
  ['identity', undefined],
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ...(hasZstd ? [['zstd', 'zstd'] as const] : []),
])

/** The supported encodings, as a client may name them. */
export const acceptedEncodings: string = ['gzip', 'deflate', ...(hasZstd ? ['zstd'] : [])].join(', ')

/**
 * Undoes a Content-Encoding.
 *
 * @throws {RejectedError} `unsupported`, `too-large` or `invalid`
 */
export function decodeBody(encoding: string, body: Uint8Array<ArrayBuffer>, maxBytes: number): Uint8Array {
  if (body.length > maxBytes) throw tooLarge(maxBytes)
  const name = encoding.trim().toLowerCase()
  if (!encodings.has(name)) {
    throw new RejectedError('unsupported', `Content-Encoding "${encoding}" is not supported; ${acceptedEncodings} are`)
  }
  const known = encodings.get(name)
  if (known === undefined) return body
  try {
    const decoded = decompress(known, body, maxBytes)
    if (decoded.length <= maxBytes) return decoded
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw new RejectedError('invalid', `The body is not ${name}`, { cause })
  }
  throw tooLarge(maxBytes)
}
