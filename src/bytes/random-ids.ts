import { randomFillSync } from 'node:crypto'

/** A source of segment ids. */
export interface IdSource {
  /** @returns eight bytes, valid until the next call */
  next(): Uint8Array
}

/** Ids from the system's random numbers, drawn by the thousand, as each draw is a system call. */
export function randomIds(): IdSource {
  const pool = new Uint8Array(8192)
  let at = pool.length
  return {
    next() {
      if (at === pool.length) {
        randomFillSync(pool)
        at = 0
      }
      at += 8
      return pool.subarray(at - 8, at)
    },
  }
}
