const scratch = new DataView(new ArrayBuffer(8))

/** The IEEE 754 double whose lower and upper 32 bits are given. */
export function doubleOf(low: number, high: number): number {
  scratch.setInt32(0, low, true)
  scratch.setInt32(4, high, true)
  return scratch.getFloat64(0, true)
}
