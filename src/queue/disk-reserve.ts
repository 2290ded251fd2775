import { randomBytes } from 'node:crypto'
import { closeSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { attempt } from '../errors/attempt.ts'
import { IN_MEMORY } from '../sqlite/open-database.ts'
import { LOG_BYTES } from './spool-format.ts'

/** Bytes that are held at most by default: as much as the log of the spool, which must go into the file. */
export const RESERVE_BYTES = LOG_BYTES
const DISK_SHARE = 1 / 8
const CHUNK_BYTES = 1 << 18

/**
 * A file next to the spool that holds room on the disk. When the disk is full, the room is what a small spool is written
 * to in place of one that nobody needs: nothing else can make room, as a delete needs some too.
 */
export class DiskReserve {
  readonly #path: string
  readonly #maxBytes: number
  #bytes = 0
  #wasHeld = false

  /** @param maxBytes how much is held at most; 0 holds nothing */
  constructor(private readonly dir: string, maxBytes: number = RESERVE_BYTES) {
    this.#path = join(dir, 'spool.reserve')
    this.#maxBytes = dir === IN_MEMORY ? 0 : maxBytes
  }

  /** How much is held. */
  get bytes(): number {
    return this.#bytes
  }

  /** Takes the room, if it is there and not taken. @returns false if it is not there */
  hold(): boolean {
    if (this.#bytes > 0 || this.#maxBytes === 0) return true
    const found = attempt(() => statSync(this.#path).size) ?? 0
    const bytes = shareOfDisk(this.dir, this.#maxBytes)
    // The first time as much must remain; later it takes back what was its own.
    const needed = this.#wasHeld ? bytes : 2 * bytes
    const isHeld = this.#free() + found >= needed && (found === bytes || attempt(() => this.#write(bytes)) === true)
    if (!isHeld) this.release()
    else this.#bytes = bytes
    this.#wasHeld ||= isHeld
    return isHeld
  }

  /** Bytes that are free on the disk. */
  #free(): number {
    const disk = attempt(() => statfsSync(this.dir))
    return disk === undefined ? Infinity : disk.bavail * disk.bsize
  }

  #write(bytes: number): true {
    rmSync(this.#path, { force: true })
    const file = openSync(this.#path, 'wx', 0o600)
    try {
      // File systems that compress would hold nothing for zeros.
      const chunk = randomBytes(CHUNK_BYTES)
      for (let left = bytes; left > 0;) {
        left -= writeSync(file, chunk, 0, Math.min(left, CHUNK_BYTES))
      }
      return true
    } finally {
      closeSync(file)
    }
  }

  /** Returns the room to the disk. */
  release(): void {
    this.#bytes = 0
    attempt(() => rmSync(this.#path, { force: true }))
  }
}

/**
 * A number of bytes, or less on a small disk, of which the spool must not take all for what is not waiting.
 *
 * @param dir a folder, which need not exist yet
 */
export function shareOfDisk(dir: string, maxBytes: number): number {
  const disk = attempt(() => statfsSync(dir))
  const parent = dirname(dir)
  if (disk === undefined && parent !== dir) return shareOfDisk(parent, maxBytes)
  return disk === undefined ? maxBytes : Math.min(maxBytes, Math.floor(disk.blocks * disk.bsize * DISK_SHARE))
}
