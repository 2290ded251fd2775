import { type Batch, documentsOf, documentText } from '../../component/batch.ts'
import { ExportError } from '../../component/export-error.ts'

/** A document that X-Ray did not process. */
interface Unprocessed {
  /** The segment's id; empty if X-Ray does not say. */
  readonly id: string
  readonly code: string
  readonly message: string
}

/**
 * Checks the answer to PutTraceSegments for documents that X-Ray did not process.
 *
 * @param text the body of an answer with status 200
 * @throws {ExportError} `partial` if X-Ray names such documents, `permanent` if it does not say which,
 * `retryable` if the answer is not JSON
 */
export function checkUnprocessed(batch: Batch, text: string): void {
  // Nearly every answer: no need to parse it.
  if (/"UnprocessedTraceSegments"\s*:\s*\[\s*\]/.test(text)) return
  const list = unprocessedOf(text)
  if (list.length === 0) return
  const ids = documentsOf(batch).map(idOf)
  const failed = list.map(({ id, code, message }) => ({
    index: id === '' ? -1 : ids.indexOf(id),
    code,
    isRetryable: /throttl|unavailable|internal|timeout|exceeded/i.test(code),
    reason: `${code}: ${message}`,
  }))
  const first = failed[0]?.reason ?? ''
  const known = failed.filter(({ index }) => index >= 0)
  if (known.length < failed.length) {
    // X-Ray may mean any document without an id, so these are sent alone, and then halved until each is alone.
    const nameless = ids.flatMap((id, index) =>
      id === '' ? [{ index, code: 'Unknown', isRetryable: true, reason: first }] : []
    )
    if (nameless.length === 0 || nameless.length === batch.count) {
      throw new ExportError('permanent', `X-Ray did not accept a document: ${first}`)
    }
    known.push(...nameless)
  }
  throw new ExportError('partial', `X-Ray did not accept ${known.length} documents: ${first}`, { failed: known })
}

function unprocessedOf(text: string): Unprocessed[] {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch (cause) {
    throw new ExportError('retryable', 'X-Ray answered with something that is not JSON', { cause })
  }
  if (typeof answer !== 'object' || answer === null || !('UnprocessedTraceSegments' in answer)) return []
  const list = answer.UnprocessedTraceSegments
  if (!Array.isArray(list)) return []
  return list.map((entry: { Id?: unknown; ErrorCode?: unknown; Message?: unknown } | null) => ({
    id: String(entry?.Id ?? ''),
    code: String(entry?.ErrorCode ?? 'Unknown'),
    message: String(entry?.Message ?? ''),
  }))
}

function idOf(document: Uint8Array): string {
  try {
    const parsed: unknown = JSON.parse(documentText(document))
    return typeof parsed === 'object' && parsed !== null && 'id' in parsed ? String(parsed.id) : ''
  } catch {
    return ''
  }
}
