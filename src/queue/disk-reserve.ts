import { closeSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { attempt } from '../errors/attempt.ts'
import { IN_MEMORY } from '../sqlite/open-database.ts'

/** Bytes that are held by default. */
export const RESERVE_BYTES = 8 << 20
const CHUNK_BYTES = 1 << 16

/**
 * A file next to the spool that holds room on the disk. When the disk is full, the room is what a small spool is written
 * to in place of one that nobody needs: nothing else can make room, as a delete needs some too.
 */
export class DiskReserve {
  readonly #path: string
  #isHeld = false

  /** @param dir the spool's folder @param bytes how much is held; 0 holds nothing */
  constructor(dir: string, readonly bytes: number = RESERVE_BYTES) {
    this.#path = join(dir, 'spool.reserve')
    if (dir === IN_MEMORY) this.bytes = 0
  }

  /** Takes the room, if it is there and not taken. @returns false if it is not there */
  hold(): boolean {
    if (this.#isHeld || this.bytes === 0) return true
    this.#isHeld = attempt(() => statSync(this.#path).size) === this.bytes || attempt(() => this.#write()) === true
    if (!this.#isHeld) this.release()
    return this.#isHeld
  }

  #write(): true {
    rmSync(this.#path, { force: true })
    const file = openSync(this.#path, 'wx', 0o600)
    try {
      // File systems that compress would hold nothing for zeros.
      const chunk = new Uint8Array(CHUNK_BYTES)
      for (let left = this.bytes; left > 0;) {
        left -= writeSync(file, crypto.getRandomValues(chunk), 0, Math.min(left, CHUNK_BYTES))
      }
      return true
    } finally {
      closeSync(file)
    }
  }

  /** Returns the room to the disk. */
  release(): void {
    this.#isHeld = false
    attempt(() => rmSync(this.#path, { force: true }))
  }
}
