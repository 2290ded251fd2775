import { isObject, type MutableJson } from '../bytes/json.ts'
import { MAX_DOCUMENT } from './limits.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * Splits a segment that is too long for X-Ray: its subsegments become documents of their own, largest first, until the
 * rest fits. X-Ray joins them again by their ids, which stay.
 *
 * @param bytes a segment document, UTF-8 JSON
 * @returns the documents, UTF-8 JSON; `bytes` alone if it is short enough, no segment, or has no subsegments
 */
export function splitDocument(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length <= MAX_DOCUMENT) return [bytes]
  let segment: unknown
  try {
    segment = JSON.parse(decoder.decode(bytes))
  } catch {
    return [bytes]
  }
  if (!isObject(segment)) return [bytes]
  const documents: Uint8Array[] = []
  detach(segment, segment['trace_id'], documents)
  return documents.length === 0 ? [bytes] : [encoder.encode(JSON.stringify(segment)), ...documents]
}

function detach(segment: MutableJson, traceId: unknown, documents: Uint8Array[]): void {
  const list = segment['subsegments']
  if (!Array.isArray(list)) return
  const parts = list.filter(isObject).map((part) => ({ part, size: sizeOf(part) }))
  parts.sort((a, b) => b.size - a.size)
  let size = sizeOf(segment)
  for (const { part, size: partSize } of parts) {
    if (size <= MAX_DOCUMENT) break
    size -= partSize + 1
    list.splice(list.indexOf(part), 1)
    const document: MutableJson = { ...part, type: 'subsegment', trace_id: traceId, parent_id: segment['id'] }
    if (sizeOf(document) > MAX_DOCUMENT) detach(document, traceId, documents)
    documents.push(encoder.encode(JSON.stringify(document)))
  }
  if (list.length === 0) delete segment['subsegments']
}

function sizeOf(value: MutableJson): number {
  return encoder.encode(JSON.stringify(value)).length
}
