import { compress, decompress } from '../../sqlite/compress.ts'

/** Shorter texts are not worth packing, in bytes. */
const PACKED_FROM = 512
const decoder = new TextDecoder()

/** Packs a JSON text for the disk. */
export function compressText(text: string): Uint8Array {
  return compress(new TextEncoder().encode(text), PACKED_FROM)
}

/** Undoes {@link compressText}. */
export function decompressText(packed: unknown): string {
  if (!(packed instanceof Uint8Array)) throw new TypeError('Expected bytes in the local store')
  return decoder.decode(decompress(packed))
}
