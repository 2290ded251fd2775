import type { Trace } from '../trace/assemble-trace.ts'
import { type Json, listOf, objectOf, textOf } from '../bytes/json.ts'
import { callApi } from './api.ts'

/** Documents that one PutTraceSegments takes. */
const MOST_DOCUMENTS = 50

/** Saves a trace as a file: its segment documents, in a list. */
export function exportTrace(trace: Trace): void {
  const documents = [...trace.segments.values()].map(({ document }) => document).filter((one) => 'trace_id' in one)
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([JSON.stringify(documents, undefined, 2)], { type: 'application/json' }))
  link.download = `${trace.id}.json`
  link.click()
  URL.revokeObjectURL(link.href)
}

/**
 * Puts the traces of a file into the local store: a list of segment documents, JSON lines of them, or what
 * BatchGetTraces answers.
 *
 * @returns the ids of the traces
 * @throws {Error} if the file holds none, or a document is refused
 */
export async function importTraces(text: string): Promise<string[]> {
  const documents = readDocuments(text)
  if (documents.length === 0) throw new Error('The file holds no segment documents')
  for (let at = 0; at < documents.length; at += MOST_DOCUMENTS) {
    const part = documents.slice(at, at + MOST_DOCUMENTS).map((one) => JSON.stringify(one))
    const { UnprocessedTraceSegments: [flaw] } = await callApi<{
      UnprocessedTraceSegments: { Id?: string; Message?: string }[]
    }>('/TraceSegments', { TraceSegmentDocuments: part })
    if (flaw !== undefined) throw new Error(`Segment ${flaw.Id ?? ''}: ${flaw.Message ?? 'refused'}`)
  }
  return [...new Set(documents.map((one) => textOf(one['trace_id']) ?? ''))]
}

function readDocuments(text: string): Json[] {
  const parse = (json: string): unknown => {
    try {
      return JSON.parse(json)
    } catch {
      return undefined
    }
  }
  const whole = parse(text)
  const parsed = whole === undefined ? text.split('\n').map(parse) : [whole]
  return parsed.flatMap(documentsIn)
}

/** The documents in whatever they are wrapped in. */
function documentsIn(value: unknown): Json[] {
  if (Array.isArray(value)) return value.flatMap(documentsIn)
  const { Traces, Segments, Document, ...own } = objectOf(value)
  if (Traces !== undefined) return listOf(Traces).flatMap(documentsIn)
  if (Segments !== undefined) return listOf(Segments).flatMap(documentsIn)
  if (typeof Document === 'string') return documentsIn(JSON.parse(Document))
  return 'trace_id' in own ? [own] : []
}
