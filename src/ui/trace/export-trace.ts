import type { Trace } from '../../trace/assemble-trace.ts'

/** Saves a trace as a file: a list of its segment documents. */
export function exportTrace(trace: Trace): void {
  const documents = [...trace.segments.values()].map(({ document }) => document).filter((document) =>
    'trace_id' in document
  )
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([JSON.stringify(documents, undefined, 2)], { type: 'application/json' }))
  link.download = `${trace.id}.json`
  link.click()
  URL.revokeObjectURL(link.href)
}
