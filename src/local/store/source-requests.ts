import { compress, decompress } from '../../sqlite/compress.ts'
import type { StoreDatabase } from './store-database.ts'

/** Bytes of requests in memory from which on they must be written. */
const MAX_UNWRITTEN_BYTES = 1 << 20
/** Smaller requests are stored as they are, in bytes. */
const MIN_COMPRESSED_BYTES = 256

interface SourceRequest {
  /** Compressed. */
  readonly bytes: Uint8Array
  readonly traces: readonly string[]
}

/**
 * The OTLP requests that traces came in, so that a segment can be shown next to the span that it was translated from.
 * They are stored whole, since a request compresses far better than its spans do one by one. Requests that were not
 * written when the process was killed are lost: they are for display only.
 */
export class SourceRequests {
  readonly #unwritten: SourceRequest[] = []
  #unwrittenBytes = 0

  constructor(private readonly database: StoreDatabase) {}

  /**
   * Keeps a request in memory until {@link write}.
   *
   * @param request protobuf of ExportTraceServiceRequest; it is copied
   * @param traces the ids of its traces, in X-Ray's form
   * @returns whether so many bytes are in memory that they must be written
   */
  keep(request: Uint8Array, traces: readonly string[]): boolean {
    const compressed = compress(request, MIN_COMPRESSED_BYTES)
    const bytes = compressed === request ? request.slice() : compressed
    this.#unwritten.push({ bytes, traces })
    this.#unwrittenBytes += bytes.length
    return this.#unwrittenBytes > MAX_UNWRITTEN_BYTES
  }

  /** Writes the requests in memory, which is empty afterwards; call it in a transaction. */
  write(): void {
    if (this.#unwritten.length === 0) return
    const insert = this.database.prepare('INSERT INTO requests (bytes) VALUES (?)')
    const link = this.database.prepare('INSERT OR IGNORE INTO trace_requests (trace, request) VALUES (?, ?)')
    for (const { bytes, traces } of this.#unwritten) {
      const { lastInsertRowid } = insert.run(bytes)
      for (const trace of traces) link.run(trace, lastInsertRowid)
    }
    this.discard()
  }

  /** Discards the requests in memory. */
  discard(): void {
    this.#unwritten.length = 0
    this.#unwrittenBytes = 0
  }

  /**
   * The written requests that a trace came in, as protobuf, in the order in which they came.
   *
   * @param trace X-Ray's form
   */
  of(trace: string): Uint8Array[] {
    const sql = 'SELECT bytes FROM requests JOIN trace_requests ON seq = request WHERE trace = ? ORDER BY seq'
    return this.database.prepare(sql).all(trace).flatMap(({ bytes }) =>
      bytes instanceof Uint8Array ? [decompress(bytes)] : []
    )
  }

  /** Deletes the requests of the oldest traces; call it in a transaction. @param traces their ids, in X-Ray's form */
  delete(traces: readonly string[]): void {
    this.database.prepare('DELETE FROM trace_requests WHERE trace IN (SELECT value FROM json_each(?))').run(
      JSON.stringify(traces),
    )
    // The oldest traces go first, so no trace is left of the requests before the first that still has one.
    this.database.prepare(
      'DELETE FROM requests WHERE seq < coalesce((SELECT min(request) FROM trace_requests), 9223372036854775807)',
    ).run()
  }
}
