import type { ExporterStatus } from './status.ts'

/** Names the exporters whose queue is full: `the queue of audit is full`; undefined if there is none. */
export function describeFull(exporters: readonly Pick<ExporterStatus, 'name' | 'isFull'>[]): string | undefined {
  const full = exporters.filter(({ isFull }) => isFull).map(({ name }) => name)
  return full.length === 0 ? undefined : `the queue of ${full.join(' and ')} is full`
}
