import { BufferPool } from '../bytes/buffer-pool.ts'
import type { DocumentBlock } from '../component/batch.ts'
import { DocumentWriter } from './document-writer.ts'
import { briefDraft, fullDraft } from './draft-limits.ts'
import { fitDocument } from './fit-document.ts'
import { MAX_DOCUMENT } from './limits.ts'

const QUOTE = 0x22
const COMMA = 0x2c

const CAPACITY = 1 << 18

/** Collects the documents that a writer writes into one block. */
export class DocumentGroup {
  /** Writes the document that was begun. */
  readonly writer = new DocumentWriter(CAPACITY)
  /** Documents that were ended. */
  count = 0
  /** Documents among them that were shortened to fit into 64 KB. */
  cut = 0
  /** Bytes of escaped JSON that may still be shortened by parsing them; the translator sets it for each request. */
  fitBudget = Infinity
  #ends = new Uint32Array(1024)
  #traces = new Uint32Array(1024)
  #start = 0

  /** @param pool where new buffers come from, after blocks took whole ones */
  constructor(private readonly pool?: BufferPool) {}

  /** Call before the first byte of a document. @param isBrief whether it is written so that it fits as it is */
  begin(isBrief = false): void {
    const w = this.writer
    w.start(isBrief ? briefDraft : fullDraft)
    if (this.count > 0) w.char(COMMA)
    w.char(QUOTE)
    this.#start = w.length
  }

  /**
   * Call after the last byte of a document.
   *
   * @param traceHash a hash of its trace, 32 bits; 0 if it is not known
   * @returns false if it is too long and there is no budget to shorten it: it is dropped, and can be written briefly
   */
  end(traceHash: number): boolean {
    const w = this.writer
    // Escaped JSON is never shorter than the document, so only long ones are checked.
    const size = w.length - this.#start
    if (size > MAX_DOCUMENT) {
      if (this.fitBudget < size && w.limits !== briefDraft) {
        this.rollBack(this.count)
        return false
      }
      this.fitBudget -= size
      if (!this.#fit() && w.cut.length > 0) this.cut++
    } else if (w.cut.length > 0) this.cut++
    w.char(QUOTE)
    if (this.count === this.#ends.length) this.#grow()
    this.#ends[this.count] = w.length
    this.#traces[this.count] = traceHash
    this.count++
    return true
  }

  /** Drops what came after the first `count` documents. */
  rollBack(count: number): void {
    this.count = count
    this.writer.length = count === 0 ? 0 : (this.#ends[count - 1] ?? 0)
  }

  /** Returns the documents as a block, and starts an empty one. */
  take(): DocumentBlock {
    const { bytes, length } = this.writer
    // A buffer that is at least half full becomes the block's; of others the used part is copied.
    const isWhole = this.pool !== undefined && length >= bytes.length / 2
    const block = {
      bytes: isWhole ? bytes.subarray(0, length) : bytes.slice(0, length),
      ends: this.#ends.slice(0, this.count),
      traces: this.#traces.slice(0, this.count),
    }
    if (isWhole || bytes.length > BufferPool.MAX_KEPT) {
      this.writer.switchTo(this.pool?.acquire(CAPACITY) ?? new Uint8Array(CAPACITY))
    }
    this.rollBack(0)
    this.cut = 0
    return block
  }

  /** @returns whether the document was shortened */
  #fit(): boolean {
    const w = this.writer
    const fitted = fitDocument(w.bytes.slice(this.#start, w.length))
    if (fitted === undefined) return false
    this.cut++
    w.length = this.#start
    w.raw(fitted)
    return true
  }

  #grow(): void {
    const ends = new Uint32Array(this.#ends.length * 2)
    ends.set(this.#ends)
    this.#ends = ends
    const traces = new Uint32Array(this.#traces.length * 2)
    traces.set(this.#traces)
    this.#traces = traces
  }
}
