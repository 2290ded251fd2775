import * as zlib from 'node:zlib'

/** The largest factor by which a deflate stream can grow. */
const MAX_DEFLATE_RATIO = 1032

/**
 * Decompresses a body.
 *
 * @param maxBytes the largest size that is accepted, decompressed
 * @throws {RangeError} if it is larger
 * @throws {Error} if the body is not in the format that `encoding` names
 */
export function decompress(
  encoding: 'gzip' | 'deflate' | 'zstd',
  body: Uint8Array<ArrayBuffer>,
  maxBytes: number,
): Uint8Array {
  // Bun's own function is faster and has no limit, so it gets only what cannot become too large.
  if (encoding === 'gzip' && body.length * MAX_DEFLATE_RATIO <= maxBytes && bunGunzip !== undefined) {
    return bunGunzip(body)
  }
  const options = { maxOutputLength: maxBytes }
  if (encoding === 'gzip') return toBytes(zlib.gunzipSync(body, options))
  if (encoding === 'zstd') return toBytes(zlib.zstdDecompressSync(body, options))
  // HTTP's deflate is zlib's format; some clients send the raw stream.
  const isZlib = ((body[0] ?? 0) & 15) === 8 && (((body[0] ?? 0) << 8) | (body[1] ?? 0)) % 31 === 0
  return toBytes(isZlib ? zlib.inflateSync(body, options) : zlib.inflateRawSync(body, options))
}

/** True if this runtime can decompress zstd. */
export const hasZstd: boolean = typeof zlib.zstdDecompressSync === 'function'

const bun: { gunzipSync?: (body: Uint8Array<ArrayBuffer>) => Uint8Array } | undefined = Reflect.get(globalThis, 'Bun')
const bunGunzip = bun?.gunzipSync

function toBytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}
