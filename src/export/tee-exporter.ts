import type { Batch } from '../component/batch.ts'
import type { Exporter } from '../component/exporter.ts'

/** Delivers to one place, and shows what it took to others, whose failure does not matter. */
export class TeeExporter implements Exporter {
  constructor(private readonly first: Exporter, private readonly others: readonly Exporter[]) {}

  async send(batch: Batch, signal: AbortSignal): Promise<void> {
    await this.first.send(batch, signal)
    for (const other of this.others) await other.send(batch, signal).catch(() => {})
  }

  async stop(): Promise<void> {
    for (const exporter of [this.first, ...this.others]) await exporter.stop()
  }
}
