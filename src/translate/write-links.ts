import type { Range } from '../otlp/range.ts'
import { readLink } from '../otlp/read-link.ts'
import type { DocumentWriter } from '../segment/document-writer.ts'
import { escapeJson } from '../segment/escape-json.ts'
import { JsonToken } from './json-token.ts'
import { writeTraceId } from './trace-id.ts'
import type { TranslationContext } from './translation-context.ts'
import { writeMembers } from './write-value.ts'

const text = {
  links: escapeJson('"links":['),
  traceId: escapeJson('{"trace_id":'),
  id: escapeJson(',"id":'),
  attributes: escapeJson(',"attributes":{'),
  end: escapeJson('],'),
}

/** Writes `links` and a comma, if the span has any. */
export function writeLinks(w: DocumentWriter, c: TranslationContext): void {
  if (c.span.links.length === 0) return
  w.raw(text.links)
  w.startPart('links')
  let isFirst = true
  for (const range of c.span.links) {
    if (!isFirst) {
      if (!w.hasRoom()) break
      w.char(JsonToken.comma)
    }
    isFirst = false
    writeLink(w, c, range)
  }
  w.raw(text.end)
}

function writeLink(w: DocumentWriter, c: TranslationContext, range: Range): void {
  const { bytes } = c.span
  const { traceId, spanId, attributes } = c.link
  readLink(bytes, range, c.keys, c.link)
  w.raw(text.traceId)
  writeTraceId(w, bytes, traceId)
  w.raw(text.id)
  w.quote()
  w.hex(bytes, spanId.start, spanId.end - spanId.start)
  w.quote()
  if (attributes.count > 0) {
    w.raw(text.attributes)
    writeMembers(w, attributes, c.keys)
    w.char(JsonToken.closeObject)
  }
  w.char(JsonToken.closeObject)
}
