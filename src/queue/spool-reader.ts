import { collectGarbage } from '../platform/collect-garbage.ts'
import type { Acknowledgements } from './acknowledgements.ts'
import type { WaitingRows } from './backlog.ts'
import type { HeldBlock, HeldBlocks } from './held-blocks.ts'
import type { Spool } from './spool.ts'
import type { SpoolRepair } from './spool-repair.ts'
import type { SpoolRow } from './spool-row.ts'

/** After so many bytes that were read from the spool, garbage is collected. */
const COLLECT_BYTES = 16 << 20

/** Reads what waits on disk, and rebuilds a spool that turns out to be damaged. */
export class SpoolReader {
  /** Bytes that were read since garbage was last collected. */
  #readBytes = 0

  constructor(
    private readonly spool: Spool,
    private readonly repair: SpoolRepair,
    private readonly blocks: HeldBlocks,
    private readonly acknowledgements: Acknowledgements,
  ) {}

  /**
   * What waits for a lane. If an exporter was removed and came back while the disk was full, rows that were delivered
   * before may still be on disk; they count for nothing.
   */
  rowsOf(lane: number): WaitingRows {
    const delivered = new Set(this.acknowledgements.rowsOf(lane))
    return {
      read: (from) => this.#read(lane, from, delivered),
      contents: (from) => this.#contents(lane, from, delivered),
      sizes: (from, limit) =>
        this.repair.run(() => this.spool.waiting.sizes(lane, from, limit)).filter(({ id }) => !delivered.has(id)),
    }
  }

  #contents(lane: number, from: number, delivered: ReadonlySet<number>) {
    return this.repair.run(() => {
      let { documents, bytes, firstId } = this.spool.waiting.contents(lane, from)
      for (const id of delivered) {
        if (id < from) continue
        const [size] = this.spool.waiting.sizes(lane, id, 1)
        if (size?.id !== id) continue
        documents -= size.documents
        bytes -= size.bytes
      }
      return { documents, bytes, firstId }
    })
  }

  #read(lane: number, from: number, delivered: ReadonlySet<number>): HeldBlock | undefined {
    const next = (start: number) => this.repair.run(() => this.spool.waiting.next(lane, start))
    for (let id = next(from); id !== undefined; id = next(id + 1)) {
      if (delivered.has(id)) continue
      const block = this.blocks.find(id) ?? this.#load(id)
      // A row that could not be read of a damaged spool is gone; those after it go on.
      if (block !== undefined) return block
    }
    return undefined
  }

  #load(id: number): HeldBlock | undefined {
    if (this.#readBytes > COLLECT_BYTES) {
      this.#readBytes = 0
      collectGarbage()
    }
    const row = this.#readOrRebuild(id)
    if (row === undefined) return undefined
    this.#readBytes += row.bytes.length
    return this.blocks.read(row, this.repair.run(() => this.spool.waiting.lanesOf(id)))
  }

  /** A row that cannot be read shows damage that SQLite does not see. */
  #readOrRebuild(id: number): SpoolRow | undefined {
    try {
      return this.spool.waiting.read(id)
    } catch (error) {
      this.repair.rebuild(error)
      return this.spool.waiting.read(id)
    }
  }
}
