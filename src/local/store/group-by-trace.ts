import type { Json } from '../../bytes/json.ts'
import { readSegments } from '../../trace/read-segments.ts'

/** Documents of one trace. */
export interface DocumentsOfTrace {
  /** As they were received, JSON. */
  readonly texts: string[]
  /** The segments in them. */
  readonly segments: Json[]
}

/** Documents sorted by trace. */
export interface GroupedDocuments {
  /** For each document why it cannot be read; those are in no group. */
  readonly issues: (string | undefined)[]
  /** By trace id, in X-Ray's form. */
  readonly traces: ReadonlyMap<string, DocumentsOfTrace>
}

/** Reads documents and groups them by trace. @param documents segment documents, JSON */
export function groupByTrace(documents: readonly string[]): GroupedDocuments {
  const traces = new Map<string, DocumentsOfTrace>()
  const issues = documents.map((text) => {
    const reading = readSegments(text)
    if (reading.issue !== undefined) return reading.issue
    const { traceId, segments } = reading
    const group = traces.get(traceId) ?? { texts: [], segments: [] }
    traces.set(traceId, group)
    group.texts.push(text)
    group.segments.push(...segments)
    return undefined
  })
  return { issues, traces }
}
