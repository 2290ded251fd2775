import type { BufferPool } from '../bytes/buffer-pool.ts'
import type { SpoolRow } from './spool-row.ts'

/** A block of documents in memory. Each lane that it waits for holds it; the last one to let go frees its buffer. */
export interface HeldBlock {
  readonly row: SpoolRow
  /** Its buffer came from the pool, and goes back there. */
  readonly isPooled: boolean
  /** Lanes that hold it. */
  holders: number
}

/** The blocks that lanes hold in memory, each once, however many lanes it waits for. */
export class HeldBlocks {
  /** Bytes of documents that are held. */
  bytes = 0
  readonly #blocks = new Map<number, HeldBlock>()

  constructor(public maxBytes: number, private readonly pool: BufferPool) {}

  /** The rows that are held. */
  get rows(): SpoolRow[] {
    return [...this.#blocks.values()].map(({ row }) => row)
  }

  /** A row that is in memory; undefined if no lane holds it. */
  find(id: number): HeldBlock | undefined {
    return this.#blocks.get(id)
  }

  /** A row that was written just now; no lane holds it yet. */
  written(row: SpoolRow): HeldBlock {
    // A group that hands its buffer over whole hands over more than it filled.
    return { row, isPooled: row.bytes.buffer.byteLength > row.bytes.length, holders: 0 }
  }

  /** A row that was read from disk; no lane holds it yet. */
  read(row: SpoolRow): HeldBlock {
    return { row, isPooled: false, holders: 0 }
  }

  /** True if one more lane may hold the block. */
  hasRoomFor({ row, holders }: HeldBlock): boolean {
    return holders > 0 || this.bytes + row.bytes.length <= this.maxBytes
  }

  /** Holds a block for one more lane. */
  hold(block: HeldBlock): void {
    if (block.holders++ > 0) return
    this.#blocks.set(block.row.id, block)
    this.bytes += block.row.bytes.length
  }

  /** Lets go of a block for one lane. */
  release(block: HeldBlock): void {
    if (--block.holders > 0) return
    this.#blocks.delete(block.row.id)
    this.bytes -= block.row.bytes.length
    this.discard(block)
  }

  /** Gives the buffer of a block that no lane holds back to the pool. */
  discard({ row: { bytes: { buffer } }, isPooled }: HeldBlock): void {
    if (isPooled && buffer instanceof ArrayBuffer) this.pool.release(new Uint8Array(buffer))
  }
}
