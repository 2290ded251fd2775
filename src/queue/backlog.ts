import { type Batch, type BatchPart, documentStart } from '../component/batch.ts'
import { MAX_BATCH } from '../segment/limits.ts'
import type { HeldBlock, HeldBlocks } from './held-blocks.ts'
import type { SpoolRow } from './spool-row.ts'

/** A request carries at most this many bytes, so that a slow line does not run into its time limit. */
const MAX_BATCH_BYTES = 1 << 20

/** What waits for one lane on disk. */
export interface WaitingRows {
  /** The first waiting block whose id is `id` or more; undefined if there is none. */
  read(id: number): HeldBlock | undefined
  /** How much waits from id `from` on. */
  contents(from: number): { documents: number; bytes: number; firstId: number }
  /** The sizes of the first waiting blocks from id `from` on, oldest first, at most `limit`. */
  sizes(from: number, limit: number): { id: number; documents: number; bytes: number }[]
}

/** A row of the spool with how far its delivery by one lane is. */
export interface Row extends SpoolRow {
  /** Documents that are not delivered yet. */
  left: number
  readonly block: HeldBlock
}

/** Rows that were given up. */
export interface DroppedRows {
  readonly rows: readonly number[]
  readonly documents: number
}

/** Rows whose sizes are read at once. */
const CHUNK = 1000

/**
 * The rows that wait for delivery by one lane, oldest first. The newest ones stay in memory, as they were just written;
 * what goes over the bound is left on disk and read when its turn comes.
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
  #handedOut = 0
  /** Rows on disk that are not loaded: from this id on; 0 if there are none. */
  #unloaded: number

  /** @param waiting what is read when its turn comes @param blocks where rows are held */
  constructor(private readonly waiting: WaitingRows, private readonly blocks: HeldBlocks) {
    const { documents, bytes, firstId } = waiting.contents(0)
    this.documents = documents
    this.bytes = bytes
    this.#unloaded = documents > 0 ? firstId : 0
  }

  /** Whether the row with this id is still to be delivered. */
  isWaiting(id: number): boolean {
    return this.#held.has(id) || (this.#unloaded > 0 && id >= this.#unloaded)
  }

  /** Counts again what waits, because the spool no longer holds what it did. */
  recount(): void {
    const onDisk = this.#unloaded > 0 ? this.waiting.contents(this.#unloaded) : { documents: 0, bytes: 0 }
    this.documents = onDisk.documents - this.#handedOut
    this.bytes = onDisk.bytes
    for (const row of this.#loaded) this.documents += row.ends.length
    for (const row of this.#held.values()) this.bytes += row.stored
  }

  /** Takes a block that was just written. */
  push(block: HeldBlock): void {
    const { row } = block
    this.documents += row.ends.length
    this.bytes += row.stored
    if (this.#unloaded > 0 || !this.blocks.hasRoomFor(block)) this.#unloaded ||= row.id
    else this.#load(block)
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
      const from = this.#handedOut
      const to = batchEnd(row, from, MAX_BATCH - count, MAX_BATCH_BYTES - bytes)
      if (to === from && count > 0) break
      const end = Math.max(to, from + 1)
      parts.push({ block: row, from, to: end })
      count += end - from
      bytes += (row.ends[end - 1] ?? 0) - documentStart(row, from)
      this.documents -= end - from
      this.#handedOut = end
      if (end < row.ends.length) break
      this.#loaded.shift()
      this.#handedOut = 0
    }
    return count === 0 ? undefined : { parts, count }
  }

  /** Documents of a batch are delivered, or became dead letters. @returns the rows that are done */
  finish(batch: Batch<Row>): number[] {
    const done: number[] = []
    for (const { block: row, from, to } of batch.parts) {
      row.left -= to - from
      if (row.left > 0) continue
      done.push(row.id)
      this.#forget(row)
    }
    return done
  }

  /** Gives up the oldest rows of which nothing is handed out, until at most `maxBytes` remain on disk. */
  dropOldest(maxBytes: number): DroppedRows {
    const rows: number[] = []
    let documents = 0
    // The first one may be handed out in part.
    const at = this.#handedOut > 0 ? 1 : 0
    while (this.bytes > maxBytes && at < this.#loaded.length) {
      const [row] = this.#loaded.splice(at, 1)
      if (row === undefined) break
      rows.push(row.id)
      documents += row.ends.length
      this.#forget(row)
    }
    while (this.bytes > maxBytes && this.#unloaded > 0) {
      const sizes = this.waiting.sizes(this.#unloaded, CHUNK)
      for (const { id, documents: count, bytes } of sizes) {
        if (this.bytes <= maxBytes) break
        rows.push(id)
        documents += count
        this.bytes -= bytes
        this.#unloaded = id + 1
      }
      if (sizes.length < CHUNK && this.bytes > maxBytes) break
    }
    this.documents -= documents
    return { rows, documents }
  }

  /** Lets go of all rows in memory; they stay on disk. */
  close(): void {
    for (const row of [...this.#held.values()]) this.blocks.release(row.block)
    this.#held.clear()
    this.#loaded.length = 0
  }

  #first(): Row | undefined {
    if (this.#loaded.length === 0 && this.#unloaded > 0) {
      const block = this.waiting.read(this.#unloaded)
      this.#unloaded = block === undefined ? 0 : block.row.id + 1
      if (block !== undefined) this.#load(block)
    }
    return this.#loaded[0]
  }

  #load(block: HeldBlock): void {
    this.blocks.hold(block)
    const { row } = block
    const loaded = { ...row, left: row.ends.length, block }
    this.#loaded.push(loaded)
    this.#held.set(row.id, loaded)
  }

  #forget(row: Row): void {
    this.#held.delete(row.id)
    this.bytes -= row.stored
    this.blocks.release(row.block)
  }
}

/** Where a batch ends that starts at `from`: after a whole trace, if one ends late enough. @param room documents at most @param bytes bytes at most */
function batchEnd(row: Row, from: number, room: number, bytes: number): number {
  const { ends, traces } = row
  const start = documentStart(row, from)
  let to = Math.min(from + room, ends.length)
  while (to > from && (ends[to - 1] ?? 0) - start > bytes) to--
  if (to === ends.length) return to
  const earliest = from + Math.ceil((to - from) / 2)
  for (let end = to; end > earliest; end--) if (traces[end] === 0 || traces[end] !== traces[end - 1]) return end
  return to
}
