import { compress, decompress } from '../../sqlite/compress.ts'
import type { Statements } from './statements.ts'

/** Requests that wait to be written are written when they hold more bytes than this. */
const MOST_WAITING = 1 << 20
/** Shorter requests are not worth packing, in bytes. */
const PACKED_FROM = 256

/**
 * The OTLP requests that traces came by, so that a segment can be shown beside the span that it was. They are kept as
 * they came, packed: a request packs far better than its spans do. They are for people to look at: those that a killed
 * process did not write are gone.
 */
export class SourceRequests {
  readonly #waiting: { bytes: Uint8Array; traces: readonly string[] }[] = []
  #waitingBytes = 0

  constructor(private readonly statements: Statements) {}

  /**
   * Takes a request.
   *
   * @param request protobuf; it is copied
   * @param traces the ids in it, in X-Ray's form
   * @returns whether so many wait that they should be written
   */
  keep(request: Uint8Array, traces: readonly string[]): boolean {
    const packed = compress(request, PACKED_FROM)
    const bytes = packed === request ? request.slice() : packed
    this.#waiting.push({ bytes, traces })
    this.#waitingBytes += bytes.length
    return this.#waitingBytes > MOST_WAITING
  }

  /** Writes those that wait; call it in a transaction. */
  write(): void {
    if (this.#waiting.length === 0) return
    const request = this.statements.prepare('INSERT INTO requests (bytes) VALUES (?)')
    const origin = this.statements.prepare('INSERT OR IGNORE INTO origins (trace, request) VALUES (?, ?)')
    for (const { bytes, traces } of this.#waiting) {
      const { lastInsertRowid } = request.run(bytes)
      for (const trace of traces) origin.run(trace, lastInsertRowid)
    }
    this.forget()
  }

  /** Forgets those that wait. */
  forget(): void {
    this.#waiting.length = 0
    this.#waitingBytes = 0
  }

  /** The requests that a trace came by, as protobuf, in the order in which they came. */
  of(trace: string): Uint8Array[] {
    const sql = 'SELECT bytes FROM requests JOIN origins ON seq = request WHERE trace = ? ORDER BY seq'
    return this.statements.prepare(sql).all(trace).flatMap(({ bytes }) =>
      bytes instanceof Uint8Array ? [decompress(bytes)] : []
    )
  }

  /** Removes what belongs to traces that go; call it in a transaction. */
  remove(traces: readonly string[]): void {
    this.statements.prepare('DELETE FROM origins WHERE trace IN (SELECT value FROM json_each(?))').run(
      JSON.stringify(traces),
    )
    // The oldest traces go first, so what lies before the first that is named is named by none.
    this.statements.prepare(
      'DELETE FROM requests WHERE seq < coalesce((SELECT min(request) FROM origins), 9223372036854775807)',
    ).run()
  }
}
