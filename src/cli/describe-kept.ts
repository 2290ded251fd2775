import { countNoun } from '../telemetry/count-noun.ts'
import type { RemovedExporterStatus } from '../telemetry/status.ts'
import { formatBytes } from '../bytes/format-bytes.ts'

/** What is kept for an exporter that the config no longer has: `200 documents (34.1 kB) and 1 dead letter`. */
export function describeKept({ documents, bytes, deadLetters }: RemovedExporterStatus): string {
  const parts = [
    ...(documents === 0 ? [] : [`${countNoun(documents, 'document')} (${formatBytes(bytes)})`]),
    ...(deadLetters.count === 0 ? [] : [countNoun(deadLetters.count, 'dead letter')]),
  ]
  return parts.join(' and ')
}
