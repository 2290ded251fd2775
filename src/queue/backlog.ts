import { type Batch, type BatchPart, documentStart } from '../component/batch.ts'
import { MAX_BATCH } from '../segment/limits.ts'
import type { WrittenRow } from './age-clock.ts'
import type { HeldBlock, HeldBlocks } from './held-blocks.ts'
import { type PartlyDelivered, restOfRow } from './rest-of-row.ts'
import type { RowSize, SpoolRow } from './spool-row.ts'

/** A request carries at most this many bytes, so that a slow line does not run into its time limit. */
const MAX_BATCH_BYTES = 1 << 20

/** What waits for one lane on disk. */
export interface WaitingRows {
  /** The first waiting block whose id is `from` or more; undefined if there is none. */
  read(from: number): HeldBlock | undefined
  /** How much waits from id `from` on. */
  contents(from: number): { documents: number; bytes: number; firstId: number }
  /** The sizes of the first waiting blocks from id `from` on, oldest first, at most `limit`. */
  sizes(from: number, limit: number): RowSize[]
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

/** Rows that are given up at once at most, and of which sizes are read at once, so that nothing else waits for long. */
const MAX_DROPPED_ROWS = 10_000
const SIZES_CHUNK = 1000

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
  /** Rows in memory that are not wholly delivered, oldest first: the loaded ones, and those that are handed out. */
  readonly #held = new Map<number, Row>()
  /** Bytes in memory of {@link #held}, and of those among them that are handed out whole. */
  #heldBytes = 0
  #handedOutBytes = 0
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

  /** True if the row with this id is in memory and must still be delivered. */
  isHeld(id: number): boolean {
    return this.#held.has(id)
  }

  /** True if the row with this id, should it wait for the lane, is on disk and not loaded. */
  isUnloaded(id: number): boolean {
    return this.#unloaded > 0 && id >= this.#unloaded
  }

  /** True while some of what waits is on disk alone. */
  get isPartlyUnloaded(): boolean {
    return this.#unloaded > 0
  }

  /** True while so much memory is handed out that what failed must go before anything new is begun. */
  get isMemoryFull(): boolean {
    return this.#handedOutBytes >= this.blocks.maxLaneBytes
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
    const hasRoom = this.#heldBytes + row.bytes.length <= this.blocks.maxLaneBytes
    if (this.#unloaded > 0 || !hasRoom) this.#unloaded ||= row.id
    else this.#load(block)
  }

  /** Takes blocks that were just written for this lane alone; they are read when their turn comes. */
  pushUnloaded(sizes: readonly RowSize[]): void {
    for (const { id, documents, bytes } of sizes) {
      this.documents += documents
      this.bytes += bytes
      this.#unloaded ||= id
    }
  }

  /**
   * When the oldest row was written of which documents wait, in Unix milliseconds.
   *
   * @throws {Error} if it cannot be read
   */
  oldest(): number | undefined {
    return this.oldestRow()?.created
  }

  /**
   * The oldest row of which documents wait.
   *
   * @throws {Error} if it cannot be read
   */
  oldestRow(): WrittenRow | undefined {
    return this.#first()
  }

  /**
   * When the oldest row was written that is not wholly delivered, in Unix milliseconds.
   *
   * @throws {Error} if it cannot be read
   */
  oldestUndelivered(): number | undefined {
    const [held] = this.#held.values()
    return held?.created ?? this.oldest()
  }

  /**
   * Hands out the next documents: at most 50, and the segments of one trace together where that is possible.
   *
   * @throws {Error} if not even the first of them can be read
   */
  take(): Batch<Row> | undefined {
    const parts: BatchPart<Row>[] = []
    let count = 0
    let bytes = 0
    for (let row = this.#first(); row !== undefined && count < MAX_BATCH; row = this.#afterFirst()) {
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
      this.#handedOutBytes += row.bytes.length
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
      this.#handedOutBytes -= row.bytes.length
      this.#forget(row)
    }
    return done
  }

  /** Uses the buffers of a batch for nothing else, ever: a request that was given up may still read them. */
  abandon(batch: Batch<Row>): void {
    for (const { block: row } of batch.parts) row.block.isPooled = false
  }

  /**
   * Gives up the oldest rows of which nothing is handed out, until at most `maxBytes` remain on disk, or 10,000 rows are
   * given up.
   *
   * @throws {Error} if the sizes of rows on disk cannot be read
   */
  dropOldest(maxBytes: number): DroppedRows {
    const rows: number[] = []
    let documents = this.#dropLoaded(maxBytes, rows)
    while (this.bytes > maxBytes && this.#unloaded > 0 && rows.length < MAX_DROPPED_ROWS) {
      const sizes = this.waiting.sizes(this.#unloaded, SIZES_CHUNK)
      for (const size of sizes) {
        if (this.bytes <= maxBytes) break
        rows.push(size.id)
        documents += size.documents
        this.documents -= size.documents
        this.bytes -= size.bytes
        this.#unloaded = size.id + 1
      }
      if (sizes.length < SIZES_CHUNK) break
    }
    return { rows, documents }
  }

  #dropLoaded(maxBytes: number, rows: number[]): number {
    // The first one may be handed out in part.
    const first = this.#handedOut > 0 ? 1 : 0
    let end = first
    let documents = 0
    while (this.bytes > maxBytes && rows.length < MAX_DROPPED_ROWS) {
      const row = this.#loaded[end]
      if (row === undefined) break
      end++
      rows.push(row.id)
      documents += row.ends.length
      this.#forget(row)
    }
    this.#loaded.splice(first, end - first)
    this.documents -= documents
    return documents
  }

  /** The rows of which a part is delivered, and what is left of them. @param failed what failed and is sent again */
  partlyDelivered(failed: Iterable<Batch<Row>>): PartlyDelivered[] {
    const left = new Map<Row, BatchPart<Row>[]>()
    const add = (part: BatchPart<Row>): void => void left.set(part.block, [...left.get(part.block) ?? [], part])
    for (const { parts } of failed) for (const part of parts) add(part)
    const [first] = this.#loaded
    if (first !== undefined && this.#handedOut > 0) add({ block: first, from: this.#handedOut, to: first.ends.length })
    return [...left].filter(([row]) => row.left < row.ends.length).map(([row, parts]) => ({
      id: row.id,
      created: row.created,
      rest: restOfRow(parts.sort((a, b) => a.from - b.from)),
    }))
  }

  /** Releases all rows in memory; they stay on disk. */
  close(): void {
    for (const row of [...this.#held.values()]) this.#forget(row)
    this.#loaded.length = 0
    this.#handedOutBytes = 0
  }

  #first(): Row | undefined {
    if (this.#loaded.length === 0 && this.#unloaded > 0) {
      const block = this.waiting.read(this.#unloaded)
      if (block !== undefined) {
        this.#unloaded = block.row.id + 1
        this.#load(block)
      } else {
        // Should the count be wrong, it must not keep anybody waiting.
        this.#unloaded = 0
        this.recount()
      }
    }
    return this.#loaded[0]
  }

  /** The next row, if it can be read: what a batch has already must be sent in any case. */
  #afterFirst(): Row | undefined {
    try {
      return this.#first()
    } catch {
      return undefined
    }
  }

  #load(block: HeldBlock): void {
    this.blocks.hold(block)
    const { row } = block
    const loaded = { ...row, left: row.ends.length, block }
    this.#loaded.push(loaded)
    this.#held.set(row.id, loaded)
    this.#heldBytes += row.bytes.length
  }

  #forget(row: Row): void {
    this.#held.delete(row.id)
    this.#heldBytes -= row.bytes.length
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
