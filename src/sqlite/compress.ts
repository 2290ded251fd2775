import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

const options = { params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 } }
/** Shorter texts are stored as they are, in bytes. */
const MIN_TEXT_BYTES = 512
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * Compresses JSON, or protobuf of OTLP, for the disk (zstd, with a checksum). Documents resemble each other, so 1 MB of
 * them becomes 60 to 200 KB, which costs less than to write the bytes that are saved.
 *
 * @param minBytes fewer bytes than this are returned as they are
 */
export function compress(bytes: Uint8Array, minBytes: number): Uint8Array {
  return bytes.length < minBytes ? bytes : zstdCompressSync(bytes, options)
}

/** Undoes {@link compress}. @throws {Error} if the bytes are damaged */
export function decompress(bytes: Uint8Array): Uint8Array {
  // JSON starts with a quote or a bracket, OTLP with the tag 10, compressed bytes with zstd's magic number.
  return bytes[0] === 0x28 && bytes[1] === 0xb5 ? zstdDecompressSync(bytes) : bytes
}

/** Compresses a JSON text for a column of a table. @returns UTF-8, compressed if it has at least 512 bytes */
export function compressText(text: string): Uint8Array {
  return compress(encoder.encode(text), MIN_TEXT_BYTES)
}

/**
 * Undoes {@link compressText}.
 *
 * @param column the value of a column, as SQLite returns it
 * @throws {TypeError} if it holds no bytes
 * @throws {Error} if the bytes are damaged
 */
export function decompressText(column: unknown): string {
  if (!(column instanceof Uint8Array)) throw new TypeError('Cannot decompress a column that holds no bytes')
  return decoder.decode(decompress(column))
}
