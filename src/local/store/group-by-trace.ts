import { type Json, textOf } from '../../bytes/json.ts'
import { readDocument } from '../../trace/assemble-trace.ts'

/** Documents of one trace. */
export interface DocumentsOfTrace {
  /** As they were received, JSON. */
  readonly texts: string[]
  /** The segments in them. */
  readonly segments: Json[]
}

/** Documents sorted by trace. */
export interface GroupedDocuments {
  /** For each document whether it has a trace id; those without one are in no group. */
  readonly accepted: boolean[]
  /** By trace id, in X-Ray's form. */
  readonly traces: ReadonlyMap<string, DocumentsOfTrace>
}

/** Parses documents and groups them by trace. @param documents segment documents, JSON */
export function groupByTrace(documents: readonly string[]): GroupedDocuments {
  const traces = new Map<string, DocumentsOfTrace>()
  const accepted = documents.map((text) => {
    const segments = readDocument(text)
    const id = textOf(segments[0]?.['trace_id'])
    if (id === undefined) return false
    const group = traces.get(id) ?? { texts: [], segments: [] }
    traces.set(id, group)
    group.texts.push(text)
    group.segments.push(...segments)
    return true
  })
  return { accepted, traces }
}
