import type { RemovedExporterStatus } from '../telemetry/status.ts'
import { formatBytes } from './format-bytes.ts'

/** What is kept for an exporter that the config no longer has: `200 documents (34.1 kB) and 1 dead letter`. */
export function describeKept({ documents, bytes, deadLetters }: RemovedExporterStatus): string {
  const parts = [
    ...(documents === 0 ? [] : [`${count(documents, 'document')} (${formatBytes(bytes)})`]),
    ...(deadLetters.count === 0 ? [] : [count(deadLetters.count, 'dead letter')]),
  ]
  return parts.join(' and ')
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
