/**
 * Buffers that are used again. At full load 70 MB per second go through them; fresh memory for it cost a tenth of all
 * CPU, as the kernel clears each page.
 */
export class BufferPool {
  /** The largest buffer that is kept, in bytes: larger ones come from few, large requests. */
  static readonly MAX_KEPT: number = 1 << 22

  readonly #free: Uint8Array<ArrayBuffer>[] = []

  /** @param maxBuffers buffers that are kept */
  constructor(private readonly maxBuffers: number) {}

  /** @returns a buffer of at least `size` bytes, with arbitrary content */
  acquire(size: number): Uint8Array<ArrayBuffer> {
    for (let buffer = this.#free.pop(); buffer !== undefined; buffer = this.#free.pop()) {
      if (buffer.length >= size) return buffer
    }
    return new Uint8Array(size)
  }

  /** Returns a buffer, which nobody may use any more. */
  release(buffer: Uint8Array<ArrayBuffer>): void {
    if (this.#free.length < this.maxBuffers && buffer.length <= BufferPool.MAX_KEPT) this.#free.push(buffer)
  }
}
