/**
 * The whole seconds of an unsigned 64-bit count of nanoseconds.
 *
 * @param low the count's lower 32 bits
 * @param high its upper 32 bits
 */
export function secondsOf(low: number, high: number): number {
  // A double is off by up to a few hundred nanoseconds, so the quotient may be one too large or too small.
  const seconds = Math.floor(((high >>> 0) * 4294967296 + (low >>> 0)) / 1e9)
  const nanos = (low - lowProduct(seconds)) | 0
  return nanos < 0 ? seconds - 1 : nanos >= 1e9 ? seconds + 1 : seconds
}

/** The nanoseconds above `seconds` of the count whose lower 32 bits are `low`. */
export function nanosOf(low: number, seconds: number): number {
  return (low - lowProduct(seconds)) >>> 0
}

/** The lower 32 bits of `seconds * 1e9`, for seconds up to 2^35. */
function lowProduct(seconds: number): number {
  return Math.imul(seconds | 0, 1_000_000_000)
}
