import { type Batch, type BatchPart, documentStart } from '../component/batch.ts'
import type { BufferPool } from '../bytes/buffer-pool.ts'
import { MAX_BATCH } from '../segment/limits.ts'
import type { SpoolRow } from './spool-row.ts'

/** A request carries at most this many bytes, so that a slow line does not run into its time limit. */
const MAX_BATCH_BYTES = 1 << 20

/** Where a backlog reads rows that are not in memory. */
export interface RowSource {
  /** The first row whose id is `id` or more. */
  read(id: number): SpoolRow | undefined
  /** What lies there from id `from` on. */
  contents(from: number): { documents: number; bytes: number; firstId: number }
}

/** A row of the spool with how far its delivery is. */
export interface Row extends SpoolRow {
  /** Documents that are not delivered yet. */
  left: number
  /** True if the buffer came from the pool, and goes back there. */
  readonly isPooled: boolean
}

/**
 * The rows that wait for delivery, oldest first. The newest ones stay in memory, as they were just written; what goes
 * over the bound is left on disk and read when its turn comes.
 */
export class Backlog {
  /** Documents that wait, without those in flight. */
  documents = 0
  /** Bytes on disk, of rows that are not wholly delivered. */
  bytes = 0
  readonly #loaded: Row[] = []
  /** Rows in memory that are not wholly delivered: the loaded ones, and those in flight. */
  readonly #held = new Map<number, Row>()
  /** How many documents of the first loaded row are handed out. */
  #taken = 0
  #memory = 0
  /** Rows on disk that are not loaded: from this id on; 0 if there are none. */
  #unloaded: number

  /** @param source where rows are read that are not in memory */
  constructor(private readonly source: RowSource, public maxMemory: number, private readonly pool: BufferPool) {
    const { documents, bytes, firstId } = source.contents(0)
    this.documents = documents
    this.bytes = bytes
    this.#unloaded = documents > 0 ? firstId : 0
  }

  /** Rows in memory that are not wholly delivered. */
  get held(): Row[] {
    return [...this.#held.values()]
  }

  /** Whether the row with this id is still to be delivered. */
  isWaiting(id: number): boolean {
    return this.#held.has(id) || (this.#unloaded > 0 && id >= this.#unloaded)
  }

  /** Counts anew what waits, because the spool does not hold any more what it did. */
  recount(): void {
    const onDisk = this.#unloaded > 0 ? this.source.contents(this.#unloaded) : { documents: 0, bytes: 0 }
    this.documents = onDisk.documents - this.#taken
    this.bytes = onDisk.bytes
    for (const row of this.#loaded) this.documents += row.ends.length
    for (const row of this.#held.values()) this.bytes += row.stored
  }

  /** Takes a row that was just written. */
  push(row: SpoolRow): void {
    this.documents += row.ends.length
    this.bytes += row.stored
    if (this.#unloaded > 0 || this.#memory + row.bytes.length > this.maxMemory) {
      this.#unloaded ||= row.id
      if (isPooled(row)) this.#giveBack(row)
    } else this.#load(row, isPooled(row))
  }

  /** When the oldest waiting row was written, in Unix milliseconds. */
  oldest(): number | undefined {
    return this.#first()?.created
  }

  /** Hands out the next documents: at most 50, and the segments of one trace together where that is possible. */
  take(): Batch<Row> | undefined {
    const parts: BatchPart<Row>[] = []
    let count = 0
    let bytes = 0
    for (let row = this.#first(); row !== undefined && count < MAX_BATCH; row = this.#first()) {
      const to = cut(row, this.#taken, MAX_BATCH - count, MAX_BATCH_BYTES - bytes)
      if (to === this.#taken && count > 0) break
      const end = Math.max(to, this.#taken + 1)
      parts.push({ block: row, from: this.#taken, to: end })
      count += end - this.#taken
      bytes += (row.ends[end - 1] ?? 0) - documentStart(row, this.#taken)
      this.documents -= end - this.#taken
      this.#taken = end
      if (end < row.ends.length) break
      this.#loaded.shift()
      this.#taken = 0
    }
    return count === 0 ? undefined : { parts, count }
  }

  /** Notes that the documents of a batch are delivered, or buried; gives the rows that are done. */
  finish(batch: Batch<Row>): number[] {
    const done: number[] = []
    for (const { block, from, to } of batch.parts) {
      block.left -= to - from
      if (block.left > 0) continue
      done.push(block.id)
      this.#held.delete(block.id)
      this.bytes -= block.stored
      this.#memory -= block.bytes.length
      if (block.isPooled) this.#giveBack(block)
    }
    return done
  }

  #first(): Row | undefined {
    if (this.#loaded.length === 0 && this.#unloaded > 0) {
      const row = this.source.read(this.#unloaded)
      this.#unloaded = row === undefined ? 0 : row.id + 1
      if (row !== undefined) this.#load(row, false)
    }
    return this.#loaded[0]
  }

  #giveBack({ bytes: { buffer } }: SpoolRow): void {
    if (buffer instanceof ArrayBuffer) this.pool.release(new Uint8Array(buffer))
  }

  #load(row: SpoolRow, isPooled: boolean): void {
    const loaded = { ...row, left: row.ends.length, isPooled }
    this.#memory += row.bytes.length
    this.#loaded.push(loaded)
    this.#held.set(row.id, loaded)
  }
}

/** Whether the group handed its buffer over whole: such a buffer is larger than what is in it. */
function isPooled({ bytes }: SpoolRow): boolean {
  return bytes.buffer.byteLength > bytes.length
}

/** Where a batch of at most `room` documents ends that starts at `from`: behind a whole trace, if one ends late enough. */
function cut(row: Row, from: number, room: number, bytes: number): number {
  const { ends, traces } = row
  const start = documentStart(row, from)
  let to = Math.min(from + room, ends.length)
  while (to > from && (ends[to - 1] ?? 0) - start > bytes) to--
  if (to === ends.length) return to
  const least = from + Math.ceil((to - from) / 2)
  for (let end = to; end > least; end--) if (traces[end] === 0 || traces[end] !== traces[end - 1]) return end
  return to
}
