/** So many requests that a backend rejects in a row, with none accepted in between, are its fault, not the documents'. */
const OUTAGE = 10

/**
 * Decides whether rejections are about the documents. A wrong endpoint, or a proxy, may answer 400 to everything: that is
 * an outage, and no document may be given up for it. A document is given up only if the backend accepted others after
 * its batch was first rejected.
 */
export class RejectionStreak {
  /** How often the backend accepted documents. */
  accepted = 0
  /** Requests that were rejected since. */
  length = 0

  /** True if the backend rejects all that it is sent. */
  get isOutage(): boolean {
    return this.length >= OUTAGE
  }

  accept(): void {
    this.accepted++
    this.length = 0
  }

  reject(): void {
    this.length++
  }

  /** What is rejected from now on, another backend rejects. */
  reset(): void {
    this.length = 0
  }
}
