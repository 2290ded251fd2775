import type { DocumentWriter } from '../segment/document-writer.ts'
import { L } from './literal.ts'
import type { SpanContext } from './span-context.ts'

/** Writes the text of the span's attribute at `i` behind `member`, with a comma; nothing if it is absent or empty. */
export function writeText(w: DocumentWriter, c: SpanContext, member: Uint8Array, i: number): void {
  if (c.nonEmpty(i) < 0) return
  const list = c.span.attributes
  w.raw(member)
  w.string(list.bytes, list.start(i), list.end(i))
  w.char(L.comma)
}
