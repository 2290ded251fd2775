import { errorMessage } from '../../errors/error-message.ts'
import { ExportError } from '../../component/export-error.ts'
import type { Exporter } from '../../component/exporter.ts'
import { type Batch, documentsOf, documentText } from '../../component/batch.ts'
import type { LocalStore } from '../../local/store/local-store.ts'

/** Brings batches to the local store. */
export class LocalExporter implements Exporter {
  constructor(private readonly store: LocalStore) {}

  async send(batch: Batch): Promise<void> {
    let taken: boolean[]
    try {
      taken = this.store.put(documentsOf(batch).map(documentText))
    } catch (cause) {
      const why = errorMessage(cause)
      throw new ExportError('retryable', `Cannot write the local store: ${why}`, { cause })
    }
    const failed = taken.flatMap((isTaken, index) => (isTaken ? [] : [index]))
    if (failed.length === 0) return
    const reason = 'InvalidSegment: the document has no trace_id'
    throw new ExportError('partial', reason, {
      failed: failed.map((index) => ({ index, isRetryable: false, code: 'InvalidSegment', reason })),
    })
  }

  stop(): Promise<void> {
    this.store.close()
    return Promise.resolve()
  }
}
