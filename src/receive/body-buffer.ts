/** The first size of a buffer that grows, in bytes. */
const FIRST_BYTES = 1 << 14

/** Joins the chunks of a body in one buffer that grows, so that many small chunks take no more than their bytes. */
export class BodyBuffer {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  #size = 0
  #isCopy = false

  /** Bytes so far. */
  get size(): number {
    return this.#size
  }

  /** Appends a chunk. The first one is not copied while it is the only one. */
  push(chunk: Uint8Array): void {
    const size = this.#size + chunk.length
    if (this.#size === 0) {
      // Buffers of Node are views into a pool; the reader needs plain bytes, which are never shared.
      this.#bytes = new Uint8Array(chunk.buffer as ArrayBuffer, chunk.byteOffset, chunk.length)
    } else {
      if (size > this.#bytes.length) this.#grow(Math.max(size, 2 * this.#size, FIRST_BYTES))
      this.#bytes.set(chunk, this.#size)
    }
    this.#size = size
  }

  #grow(length: number): void {
    if (this.#isCopy) {
      // Frees the old memory now, not when garbage is collected.
      this.#bytes = new Uint8Array(this.#bytes.buffer.transfer(length))
      return
    }
    const copy = new Uint8Array(length)
    copy.set(this.#bytes)
    this.#bytes = copy
    this.#isCopy = true
  }

  /** The body so far; it must not be changed. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#size)
  }

  /** Frees the memory at once; what {@link bytes} returned must not be used any more. */
  clear(): void {
    if (this.#isCopy) this.#bytes.buffer.transfer(0)
    this.#bytes = new Uint8Array(0)
    this.#size = 0
    this.#isCopy = false
  }
}
