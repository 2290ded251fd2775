/**
 * Buffers for reuse. At full load 70 MB a second go through them; fresh memory for it cost a tenth of all CPU, as the
 * kernel clears each page.
 */
export class BufferPool {
  readonly #free: Uint8Array<ArrayBuffer>[] = []

  /** @param max free buffers that are kept */
  constructor(private readonly max: number) {}

  /** A buffer of at least `size` bytes, not cleared. */
  acquire(size: number): Uint8Array<ArrayBuffer> {
    for (let buffer = this.#free.pop(); buffer !== undefined; buffer = this.#free.pop()) {
      if (buffer.length >= size) return buffer
    }
    return new Uint8Array(size)
  }

  /** Takes back a buffer, which nobody may use any more. */
  release(buffer: Uint8Array<ArrayBuffer>): void {
    if (this.#free.length < this.max) this.#free.push(buffer)
  }
}
