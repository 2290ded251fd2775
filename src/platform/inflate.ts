import * as zlib from 'node:zlib'

/** No deflate stream grows by more than this. */
const MAX_RATIO = 1032

/**
 * Unpacks a body.
 *
 * @param maxBytes what it may become
 * @throws {RangeError} if it becomes more
 * @throws {Error} if it is not what `encoding` says
 */
export function inflate(
  encoding: 'gzip' | 'deflate' | 'zstd',
  body: Uint8Array<ArrayBuffer>,
  maxBytes: number,
): Uint8Array {
  // Bun's own is quicker and has no limit, so it gets only what cannot become too long.
  if (encoding === 'gzip' && body.length * MAX_RATIO <= maxBytes && gunzipFast !== undefined) return gunzipFast(body)
  const options = { maxOutputLength: maxBytes }
  if (encoding === 'gzip') return view(zlib.gunzipSync(body, options))
  if (encoding === 'zstd') return view(zlib.zstdDecompressSync(body, options))
  // HTTP's deflate is zlib's format; some clients send the bare stream.
  const isZlib = ((body[0] ?? 0) & 15) === 8 && (((body[0] ?? 0) << 8) | (body[1] ?? 0)) % 31 === 0
  return view(isZlib ? zlib.inflateSync(body, options) : zlib.inflateRawSync(body, options))
}

/** True if this runtime unpacks zstd. */
export const hasZstd: boolean = typeof zlib.zstdDecompressSync === 'function'

const bun: { gunzipSync?: (body: Uint8Array<ArrayBuffer>) => Uint8Array } | undefined = Reflect.get(globalThis, 'Bun')
const gunzipFast = bun?.gunzipSync

function view(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}
