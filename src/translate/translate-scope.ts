import { isEmptyRange, type Range } from '../otlp/range.ts'
import { readScope } from '../otlp/read-scope.ts'
import { DocumentWriter } from '../segment/document-writer.ts'
import { escapeJson } from '../segment/escape-json.ts'
import type { AttributeKeys } from './attribute-key.ts'
import { JsonToken } from './json-token.ts'
import { writeMembers } from './write-value.ts'

/** An InstrumentationScope, translated once for all of its spans. */
export interface ScopeTranslation {
  /** `"scope":{…}` as escaped JSON, a member of the metadata namespace `otel`; empty if there is no scope. */
  readonly member: Uint8Array
}

const text = {
  scope: escapeJson('"scope":{'),
  name: escapeJson('"name":'),
  version: escapeJson('"version":'),
  attributes: escapeJson('"attributes":{'),
}

/**
 * Translates the InstrumentationScope message in `bytes[range]`.
 *
 * @throws {WireError} if it is not well-formed
 */
export function translateScope(bytes: Uint8Array, range: Range, keys: AttributeKeys): ScopeTranslation {
  const { name, version, attributes } = readScope(bytes, range, keys)
  if (isEmptyRange(name) && isEmptyRange(version) && attributes.count === 0) return { member: new Uint8Array(0) }
  const w = new DocumentWriter(512)
  w.raw(text.scope)
  w.raw(text.name)
  w.string(bytes, name.start, name.end)
  if (!isEmptyRange(version)) {
    w.char(JsonToken.comma)
    w.raw(text.version)
    w.string(bytes, version.start, version.end)
  }
  if (attributes.count > 0) {
    w.char(JsonToken.comma)
    w.raw(text.attributes)
    w.startPart('scope')
    writeMembers(w, attributes, keys)
    w.char(JsonToken.closeObject)
  }
  w.char(JsonToken.closeObject)
  return { member: w.bytes.slice(0, w.length) }
}
