import type { DocumentWriter } from './document-writer.ts'

/** Takes documents as they are written. */
export interface DocumentSink {
  readonly writer: DocumentWriter
  /** Documents so far. */
  readonly count: number
  /** Forgets what came behind the first `count` documents. */
  rollBack(count: number): void
  /** Called before the first byte of a document. */
  begin(): void
  /** Called behind its last byte, with a hash of the trace that it belongs to; 0 if that is not known. */
  end(traceHash: number): void
}
