import { packBytes, unpackBytes } from '../platform/pack-bytes.ts'

/** Shorter texts are not worth packing, in bytes. */
const PACKED_FROM = 512
const decoder = new TextDecoder()

/** Packs a JSON text for the disk. */
export function packText(text: string): Uint8Array {
  return packBytes(new TextEncoder().encode(text), PACKED_FROM)
}

/** Undoes {@link packText}. */
export function unpackText(packed: unknown): string {
  if (!(packed instanceof Uint8Array)) throw new TypeError('Expected bytes in the local store')
  return decoder.decode(unpackBytes(packed))
}
