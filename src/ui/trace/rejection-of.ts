import { checkDocument, type Unprocessed } from '../../trace/check-document.ts'
import type { Json } from '../../bytes/json.ts'

/** The answers by document, so that each document is checked once, however often its row is drawn. */
const checked = new WeakMap<Json, { readonly rejection: Unprocessed | undefined }>()

/** Why X-Ray would reject a document; undefined if it would accept it, or it is a part of another document. */
export function rejectionOf(document: Json): Unprocessed | undefined {
  if (!('trace_id' in document)) return undefined
  const known = checked.get(document)
  if (known !== undefined) return known.rejection
  const rejection = checkDocument(JSON.stringify(document))
  checked.set(document, { rejection })
  return rejection
}
