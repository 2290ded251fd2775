import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

/** Less than this is not worth it, in bytes. */
const SMALL = 4096
const options = { params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 } }

/**
 * Packs the documents of a block for the disk (zstd). They are alike, so 1 MB becomes 60 to 200 KB, which costs less
 * than to write what is saved.
 */
export function packBytes(bytes: Uint8Array): Uint8Array {
  return bytes.length < SMALL ? bytes : zstdCompressSync(bytes, options)
}

/** Undoes {@link packBytes}. @throws {Error} if the bytes are damaged */
export function unpackBytes(bytes: Uint8Array): Uint8Array {
  // Documents start with a quote, what is packed with zstd's magic number.
  return bytes[0] === 0x28 && bytes[1] === 0xb5 ? zstdDecompressSync(bytes) : bytes
}
