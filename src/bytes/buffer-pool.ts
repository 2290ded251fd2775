/**
 * Buffers that are used again. At full load 70 MB a second go through them; fresh memory for it cost a tenth of all
 * CPU, as the kernel clears each page.
 */
export class BufferPool {
  readonly #free: Uint8Array<ArrayBuffer>[] = []

  /** @param most buffers that are kept */
  constructor(private readonly most: number) {}

  /** A buffer of at least `size` bytes, whatever stands in it. */
  take(size: number): Uint8Array<ArrayBuffer> {
    for (let buffer = this.#free.pop(); buffer !== undefined; buffer = this.#free.pop()) {
      if (buffer.length >= size) return buffer
    }
    return new Uint8Array(size)
  }

  /** Gives a buffer back, which nobody may use any more. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    if (this.#free.length < this.most) this.#free.push(buffer)
  }
}
