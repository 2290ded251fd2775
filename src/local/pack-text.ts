import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

/** Less than this is not worth it, in bytes. */
const SMALL = 512
const options = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
const decoder = new TextDecoder()

/** Packs a text for the disk. */
export function packText(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text)
  return bytes.length < SMALL ? bytes : zstdCompressSync(bytes, options)
}

/** Undoes {@link packText}. */
export function unpackText(packed: unknown): string {
  if (!(packed instanceof Uint8Array)) throw new TypeError('Expected bytes in the local store')
  // Nothing that is stored starts with zstd's magic number: it is JSON.
  return decoder.decode(packed[0] === 0x28 && packed[1] === 0xb5 ? zstdDecompressSync(packed) : packed)
}
