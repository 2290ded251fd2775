import type { BufferPool } from '../bytes/buffer-pool.ts'
import type { DocumentBlock } from '../component/batch.ts'
import type { DocumentSink } from './document-sink.ts'
import { DocumentWriter } from './document-writer.ts'
import { fitDocument } from './fit-document.ts'
import { MAX_DOCUMENT } from './limits.ts'

const QUOTE = 0x22
const COMMA = 0x2c

const CAPACITY = 1 << 18

/** Collects documents into one block. */
export class DocumentGroup implements DocumentSink {
  readonly writer = new DocumentWriter(CAPACITY)
  /** Documents so far. */
  count = 0
  /** Documents that were cut to fit into 64 KB. */
  cut = 0
  #ends = new Uint32Array(1024)
  #traces = new Uint32Array(1024)
  #start = 0

  /** @param pool where the buffers of blocks come from that are taken whole */
  constructor(private readonly pool?: BufferPool) {}

  begin(): void {
    const w = this.writer
    if (this.count > 0) w.char(COMMA)
    w.char(QUOTE)
    this.#start = w.length
  }

  end(traceHash: number): void {
    const w = this.writer
    // The embedded form is never shorter than the document, so only a long one has to be looked at.
    if (w.length - this.#start > MAX_DOCUMENT) this.#fit()
    w.char(QUOTE)
    if (this.count === this.#ends.length) this.#grow()
    this.#ends[this.count] = w.length
    this.#traces[this.count] = traceHash
    this.count++
  }

  /** Forgets what came behind the first `count` documents. */
  rollBack(count: number): void {
    this.count = count
    this.writer.length = count === 0 ? 0 : (this.#ends[count - 1] ?? 0)
  }

  /** Gives the documents as a block of their own, and starts anew. */
  take(): DocumentBlock {
    const { bytes, length } = this.writer
    // A buffer that is mostly full is handed over as it is, else its used part is copied.
    const isWhole = this.pool !== undefined && length >= bytes.length / 2
    const block = {
      bytes: isWhole ? bytes.subarray(0, length) : bytes.slice(0, length),
      ends: this.#ends.slice(0, this.count),
      traces: this.#traces.slice(0, this.count),
    }
    if (isWhole) this.writer.use(this.pool.acquire(CAPACITY))
    this.rollBack(0)
    this.cut = 0
    return block
  }

  #fit(): void {
    const w = this.writer
    const fitted = fitDocument(w.bytes.slice(this.#start, w.length))
    if (fitted === undefined) return
    this.cut++
    w.length = this.#start
    w.raw(fitted)
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
