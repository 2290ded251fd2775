import { findSpan } from '../otlp/find-span.ts'
import { protobufToJson } from '../otlp/protobuf-to-json.ts'
import type { PageSpan } from '../trace/api/page-answers.ts'
import { spanRules } from '../translate/span-rules.ts'
import type { TranslateSettings } from '../translate/translate-settings.ts'

/**
 * Finds a span, and what becomes of each part of it.
 *
 * @param requests OTLP requests as protobuf
 * @param id the span's, hex
 */
export function explainSpan(requests: readonly Uint8Array[], id: string, settings: TranslateSettings): PageSpan {
  for (const request of requests) {
    const parts = findSpan(protobufToJson(request), id)
    if (parts !== undefined) return { span: parts.span, rules: spanRules(parts, settings) }
  }
  return { span: null, rules: [] }
}
