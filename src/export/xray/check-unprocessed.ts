import { type Batch, documentsOf, documentText } from '../../component/batch.ts'
import { ExportError } from '../../component/export-error.ts'
import { quote } from './quote.ts'

/** A document that X-Ray did not process. */
interface Unprocessed {
  /** The segment's id; empty if X-Ray does not say. */
  readonly id: string
  readonly code: string
  readonly message: string
}

/** What X-Ray answers if it processed every document, so that nearly no answer needs to be parsed. */
const ALL_PROCESSED = /^\s*\{\s*("UnprocessedTraceSegments"\s*:\s*\[\s*\]\s*)?\}\s*$/
/** So much of an answer that is not X-Ray's is quoted, in characters. */
const MAX_QUOTED = 100

/**
 * Checks the answer to PutTraceSegments for documents that X-Ray did not process. X-Ray answers with a list, which
 * is empty if all went well, and which its API does not require; so whatever answers with anything else has taken nothing.
 *
 * @param text the body of an answer with status 200
 * @throws {ExportError} `partial` if X-Ray names such documents, `permanent` if it does not say which,
 * `retryable` if the answer is not X-Ray's
 */
export function checkUnprocessed(batch: Batch, text: string): void {
  if (ALL_PROCESSED.test(text)) return
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
      throw new ExportError('permanent', `X-Ray did not accept a document: ${first}`, { isRead: true })
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
    throw notXray(text, cause)
  }
  const list: unknown = Reflect.get(Object(answer), 'UnprocessedTraceSegments')
  if (!Array.isArray(list)) throw notXray(text)
  return list.map((entry: { Id?: unknown; ErrorCode?: unknown; Message?: unknown } | null) => ({
    id: String(entry?.Id ?? ''),
    code: String(entry?.ErrorCode ?? 'Unknown'),
    message: String(entry?.Message ?? ''),
  }))
}

function notXray(text: string, cause?: unknown): ExportError {
  const message =
    `What answers is not X-Ray: 200 with "${quote(text, MAX_QUOTED)}" instead of UnprocessedTraceSegments ` +
    '(is the endpoint of the exporter right?)'
  return new ExportError('retryable', message, { cause, isUrgent: true })
}

function idOf(document: Uint8Array): string {
  try {
    const parsed: unknown = JSON.parse(documentText(document))
    return typeof parsed === 'object' && parsed !== null && 'id' in parsed ? String(parsed.id) : ''
  } catch {
    return ''
  }
}
