import { BufferPool } from '../../bytes/buffer-pool.ts'
import { type Batch, partBytes } from '../../component/batch.ts'

const encoder = new TextEncoder()
const HEAD = encoder.encode('{"TraceSegmentDocuments":[')
const TAIL = encoder.encode(']}')
const COMMA = 0x2c
/** Most bodies fit in here, so that most buffers can be used again, in bytes. */
const MIN_BUFFER = 1 << 17

/** Writes the bodies of PutTraceSegments into pooled buffers: documents are escaped already, so it copies only. */
export class SegmentsBody {
  readonly #pool = new BufferPool(16)

  /** The body for a batch, UTF-8 JSON; return it with {@link release}. */
  build(batch: Batch): Uint8Array<ArrayBuffer> {
    const parts = batch.parts.map(partBytes)
    const size = parts.reduce((sum, part) => sum + part.length + 1, HEAD.length + TAIL.length - 1)
    const body = this.#pool.acquire(Math.max(size, MIN_BUFFER))
    body.set(HEAD)
    let end = HEAD.length
    parts.forEach((part, i) => {
      if (i > 0) body[end++] = COMMA
      body.set(part, end)
      end += part.length
    })
    body.set(TAIL, end)
    return body.subarray(0, size)
  }

  /** Returns a body's buffer to the pool; nothing may read it any more. */
  release(body: Uint8Array<ArrayBuffer>): void {
    this.#pool.release(new Uint8Array(body.buffer))
  }
}
