import { ByteKeyedCache } from '../bytes/byte-keyed-cache.ts'
import { byteAt } from '../bytes/byte-at.ts'
import type { IdSource } from '../bytes/random-ids.ts'
import { errorMessage } from '../errors/error-message.ts'
import { MAX_DROPPED } from '../otlp/limits.ts'
import { isZero, type Range } from '../otlp/range.ts'
import { readTraceRequest, type TraceVisitor } from '../otlp/read-trace-request.ts'
import type { SpanView } from '../otlp/span-view.ts'
import type { DocumentGroup } from '../segment/document-group.ts'
import { type AttributeKey, attributeKeys } from './attribute-key.ts'
import { spanToSegment } from './span-to-segment.ts'
import { type ResourceTranslation, translateResource } from './translate-resource.ts'
import { type ScopeTranslation, translateScope } from './translate-scope.ts'
import type { TranslateSettings } from './translate-settings.ts'
import { TranslationContext } from './translation-context.ts'

/** How a request's spans were translated. */
export interface TranslateResult {
  /** Spans that became documents. */
  spans: number
  /** Spans that did not. */
  rejected: number
  /** Why the last of them was rejected; empty if none was. */
  reason: string
}

/** Resources and scopes that are cached: services send the same ones with each request. */
const MAX_CACHED = 32
/** Longer resources and scopes are translated each time, so that they cannot fill the memory; in bytes. */
const MAX_CACHED_BYTES = 1 << 14

/**
 * How much work a request is worth, in bytes of escaped JSON: so many, and so many for each of its bytes. Beyond the first
 * bound documents are written briefly, beyond the second spans are rejected; beyond the third a long document is not
 * shortened but written briefly. Real spans
 * become three times as long, their resource included.
 */
const BRIEF_BYTES = 24e6
const BRIEF_PER_BYTE = 3.2
const MAX_BYTES = 32e6
const MAX_PER_BYTE = 3.5
const FIT_BYTES = 1 << 22
const FIT_PER_BYTE = 1.25

/** Translates OTLP trace requests to segment documents. Pure: what it writes depends on the bytes and `ids` alone. */
export class Translator {
  readonly #resources = new ByteKeyedCache<ResourceTranslation>(MAX_CACHED)
  readonly #scopes = new ByteKeyedCache<ScopeTranslation>(MAX_CACHED)
  readonly #context: TranslationContext

  constructor(settings: TranslateSettings, ids: IdSource) {
    const keys = attributeKeys(settings)
    const absent: Range = { start: 0, end: 0 }
    const empty = new Uint8Array(0)
    const resource = translateResource(empty, absent, keys, settings)
    this.#context = new TranslationContext(keys, settings, ids, resource, translateScope(empty, absent, keys))
  }

  /**
   * Writes the documents of every span of a request into `group`.
   *
   * @param bytes an ExportTraceServiceRequest, protobuf
   * @param onSpan called for each valid span before it is translated; the context is the same each time
   * @throws {WireError} if the bytes are not well-formed; `group` then holds some of the documents
   */
  translate(bytes: Uint8Array, group: DocumentGroup, onSpan?: (context: TranslationContext) => void): TranslateResult {
    const result: TranslateResult = { spans: 0, rejected: 0, reason: '' }
    const context = this.#context
    const { length } = bytes
    const written = group.writer.length
    const brief = BRIEF_BYTES + BRIEF_PER_BYTE * length
    const most = MAX_BYTES + MAX_PER_BYTE * length
    group.fitBudget = FIT_BYTES + FIT_PER_BYTE * length
    const visitor: TraceVisitor<AttributeKey> = {
      resource: (source, range) => void (context.resource = this.#resourceAt(source, range)),
      scope: (source, range) => void (context.scope = this.#scopeAt(source, range)),
      span: (span) => {
        const issue = validateSpan(span)
        if (issue !== '') {
          result.rejected++
          result.reason = issue
          return
        }
        context.findAttributes()
        onSpan?.(context)
        const before = group.count
        const size = group.writer.length - written
        if (size > most) {
          result.rejected++
          result.reason = `the documents of the spans before it have ${size} bytes; send fewer spans in a request`
          return
        }
        try {
          spanToSegment(group, context, traceHash(span), size > brief)
          result.spans++
        } catch (error) {
          // A span that cannot be translated is rejected alone, and not its request.
          group.rollBack(before)
          result.rejected++
          result.reason = errorMessage(error)
        }
      },
    }
    readTraceRequest(bytes, context.keys, context.span, visitor)
    return result
  }

  #resourceAt(bytes: Uint8Array, range: Range): ResourceTranslation {
    const { start, end } = range
    const known = this.#resources.get(bytes, start, end)
    if (known !== undefined) return known
    const translation = translateResource(bytes, range, this.#context.keys, this.#context.settings)
    if (end - start <= MAX_CACHED_BYTES) this.#resources.set(bytes.slice(start, end), translation)
    return translation
  }

  #scopeAt(bytes: Uint8Array, range: Range): ScopeTranslation {
    const { start, end } = range
    const known = this.#scopes.get(bytes, start, end)
    if (known !== undefined) return known
    const translation = translateScope(bytes, range, this.#context.keys)
    if (end - start <= MAX_CACHED_BYTES) this.#scopes.set(bytes.slice(start, end), translation)
    return translation
  }
}

/** Why the span cannot be translated; empty if it can. */
function validateSpan({ traceId, spanId, bytes, isEndless }: SpanView): string {
  if (isEndless) return `the span has more than ${MAX_DROPPED} attributes, events and links too many`
  if (traceId.end - traceId.start !== 16 || isZero(bytes, traceId)) {
    return 'the trace id is not 16 bytes other than zero'
  }
  if (spanId.end - spanId.start !== 8 || isZero(bytes, spanId)) return 'the span id is not 8 bytes other than zero'
  return ''
}

/** The last four bytes of the trace id, which are random in every scheme. */
function traceHash({ bytes, traceId }: SpanView): number {
  const at = traceId.end - 4
  const low = byteAt(bytes, at) | (byteAt(bytes, at + 1) << 8)
  return (low | (byteAt(bytes, at + 2) << 16) | (byteAt(bytes, at + 3) << 24)) >>> 0
}
