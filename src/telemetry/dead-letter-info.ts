/** A dead letter as people see it. */
export interface DeadLetterInfo {
  readonly id: number
  /** The exporter that could not deliver it. */
  readonly exporter: string
  /** ISO 8601. */
  readonly time: string
  readonly reason: string
  /** What the backend answered. */
  readonly message: string
  readonly traceId: string
  readonly segmentId: string
  readonly name: string
  /** Bytes of the document. */
  readonly bytes: number
  /** The document's JSON text. */
  readonly document: string
}
