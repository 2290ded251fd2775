import { type Json, listOf, objectOf, textOf } from '../../bytes/json.ts'
import { callApi } from '../api.ts'

/** Documents that one PutTraceSegments takes. */
const MAX_DOCUMENTS = 50

/**
 * Puts the traces of a file into the local store.
 *
 * @param text a list of segment documents, JSON lines of them, or an answer of BatchGetTraces
 * @returns the ids of the traces
 * @throws {Error} if the file has no segment document, or the store rejects one
 */
export async function importTraces(text: string): Promise<string[]> {
  const documents = readDocuments(text)
  if (documents.length === 0) throw new Error('The file holds no segment documents')
  for (let start = 0; start < documents.length; start += MAX_DOCUMENTS) {
    const batch = documents.slice(start, start + MAX_DOCUMENTS).map((document) => JSON.stringify(document))
    const { UnprocessedTraceSegments: [rejection] } = await callApi<{
      UnprocessedTraceSegments: { Id?: string; Message?: string }[]
    }>('/TraceSegments', { TraceSegmentDocuments: batch })
    if (rejection !== undefined) throw new Error(`Segment ${rejection.Id ?? ''}: ${rejection.Message ?? 'refused'}`)
  }
  return [...new Set(documents.map((document) => textOf(document['trace_id']) ?? ''))]
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

/** The documents in a list of them, or in an answer of BatchGetTraces or a part of it. */
function documentsIn(value: unknown): Json[] {
  if (Array.isArray(value)) return value.flatMap(documentsIn)
  const { Traces, Segments, Document, ...document } = objectOf(value)
  if (Traces !== undefined) return listOf(Traces).flatMap(documentsIn)
  if (Segments !== undefined) return listOf(Segments).flatMap(documentsIn)
  if (typeof Document === 'string') return documentsIn(JSON.parse(Document))
  return 'trace_id' in document ? [document] : []
}
