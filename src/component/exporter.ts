import type { Batch } from './batch.ts'

/** A place that segments are brought to. */
export interface Exporter {
  /**
   * Delivers one batch.
   *
   * @throws {ExportError} if it was not taken, or not wholly
   */
  send(batch: Batch, signal: AbortSignal): Promise<void>
  /** Gives back what it holds. */
  stop(): Promise<void>
}
