import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

const options = { params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 } }

/**
 * Packs JSON, or protobuf of OTLP, for the disk (zstd, with a checksum). Documents are alike, so 1 MB of them becomes 60 to 200 KB, which
 * costs less than to write what is saved.
 *
 * @param least fewer bytes than this are not worth it, and stay as they are
 */
export function compress(bytes: Uint8Array, least: number): Uint8Array {
  return bytes.length < least ? bytes : zstdCompressSync(bytes, options)
}

/** Undoes {@link compress}. @throws {Error} if the bytes are damaged */
export function decompress(bytes: Uint8Array): Uint8Array {
  // JSON starts with a quote or a bracket, OTLP with a tag of 10, what is packed with zstd's magic number.
  return bytes[0] === 0x28 && bytes[1] === 0xb5 ? zstdDecompressSync(bytes) : bytes
}
