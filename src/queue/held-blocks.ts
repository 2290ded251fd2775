import type { BufferPool } from '../bytes/buffer-pool.ts'
import type { SpoolRow } from './spool-row.ts'

/** A block of documents in memory. Each lane that it waits for holds it; the last one that releases it frees its buffer. */
export interface HeldBlock {
  readonly row: SpoolRow
  /** The lanes that it waited for when it was written or read. */
  readonly lanes: readonly number[]
  /** Its buffer came from the pool, and goes back there. */
  isPooled: boolean
  /** Lanes that hold it. */
  holders: number
}

/** The blocks that lanes hold in memory, each once, however many lanes it waits for. */
export class HeldBlocks {
  readonly #blocks = new Map<number, HeldBlock>()

  /**
   * @param maxLaneBytes bytes that each lane may hold at most: a lane that is stuck must take no memory from the others
   * @param pool where buffers go back to
   */
  constructor(public maxLaneBytes: number, private readonly pool: BufferPool) {}

  get list(): HeldBlock[] {
    return [...this.#blocks.values()]
  }

  /** A row that is in memory; undefined if no lane holds it. */
  find(id: number): HeldBlock | undefined {
    return this.#blocks.get(id)
  }

  /** A row that was written just now, for these lanes; no lane holds it yet. */
  written(row: SpoolRow, lanes: readonly number[]): HeldBlock {
    // A group that hands its buffer over whole hands over more than it filled.
    return { row, lanes, isPooled: row.bytes.buffer.byteLength > row.bytes.length, holders: 0 }
  }

  /** A row that was read from disk, and waits for these lanes; no lane holds it yet. */
  read(row: SpoolRow, lanes: readonly number[]): HeldBlock {
    return { row, lanes, isPooled: false, holders: 0 }
  }

  /** Holds a block for one more lane. */
  hold(block: HeldBlock): void {
    if (block.holders++ === 0) this.#blocks.set(block.row.id, block)
  }

  /** Releases a block for one lane. */
  release(block: HeldBlock): void {
    if (--block.holders > 0) return
    this.#blocks.delete(block.row.id)
    this.discard(block)
  }

  /** Returns the buffer of a block that no lane holds to the pool. */
  discard({ row: { bytes: { buffer } }, isPooled }: HeldBlock): void {
    if (isPooled && buffer instanceof ArrayBuffer) this.pool.release(new Uint8Array(buffer))
  }
}
