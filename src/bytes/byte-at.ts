/**
 * The byte at `index`, which the caller has checked to be inside `bytes`.
 *
 * `noUncheckedIndexedAccess` types every element of a typed array as possibly undefined; the wire reader has no time
 * for a branch per byte, so the cast is here.
 */
export const byteAt = (bytes: Uint8Array, index: number): number => bytes[index] as number

/** The element at `index` of a column that the caller has filled that far; see {@link byteAt}. */
export const cellAt = (column: Int32Array | Uint8Array | Float64Array, index: number): number => column[index] as number
