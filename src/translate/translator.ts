import { errorMessage } from '../errors/error-message.ts'
import { byteAt } from '../bytes/byte-at.ts'
import { KeyTable } from '../otlp/key-table.ts'
import { readTraceRequest } from '../otlp/read-trace-request.ts'
import { isZero, type Range, type SpanView } from '../otlp/span-view.ts'
import type { DocumentSink } from '../segment/document-sink.ts'
import { type ResourceTranslation, translateResource } from './translate-resource.ts'
import { type ScopeTranslation, translateScope } from './translate-scope.ts'
import type { IdSource } from '../bytes/random-ids.ts'
import type { TranslateSettings } from './translate-settings.ts'
import { SpanContext } from './span-context.ts'
import { spanToSegment } from './span-to-segment.ts'

/** What became of a request's spans. */
export interface TranslateResult {
  /** Spans that gave documents. */
  spans: number
  /** Spans that gave none, and why the last of them did not. */
  refused: number
  reason: string
}

/** Longer resources are translated each time, so that they cannot fill the memory; in bytes. */
const MAX_REMEMBERED = 1 << 14

/** Remembered translations of resources or scopes: services send the same ones with each request. */
class Memory<T> {
  readonly #entries: { bytes: Uint8Array; value: T }[] = []
  #next = 0

  find(bytes: Uint8Array, range: Range, make: () => T): T {
    const part = Buffer.from(bytes.buffer, bytes.byteOffset + range.start, range.end - range.start)
    for (const entry of this.#entries) if (part.equals(entry.bytes)) return entry.value
    if (part.length > MAX_REMEMBERED) return make()
    const entry = { bytes: new Uint8Array(part), value: make() }
    this.#entries[this.#next] = entry
    this.#next = (this.#next + 1) % 32
    return entry.value
  }
}

/** Translates OTLP trace requests to segment documents. Pure: what it writes depends on the bytes and `ids` alone. */
export class Translator {
  readonly #keys: KeyTable
  readonly #settings: TranslateSettings
  readonly #resources = new Memory<ResourceTranslation>()
  readonly #scopes = new Memory<ScopeTranslation>()
  readonly #context: SpanContext

  constructor(settings: TranslateSettings, ids: IdSource) {
    this.#settings = settings
    this.#keys = new KeyTable(settings)
    const none: Range = { start: 0, end: 0 }
    const nothing = new Uint8Array(0)
    this.#context = new SpanContext(
      this.#keys,
      settings,
      ids,
      translateResource(nothing, none, this.#keys, settings),
      translateScope(nothing, none, this.#keys),
    )
  }

  /**
   * Writes the documents of every span of an ExportTraceServiceRequest into `sink`.
   *
   * @throws {WireError} if the bytes are not well-formed; the sink then holds a part of the documents
   */
  translate(bytes: Uint8Array, sink: DocumentSink, each?: (context: SpanContext) => void): TranslateResult {
    const result: TranslateResult = { spans: 0, refused: 0, reason: '' }
    const context = this.#context
    readTraceRequest(bytes, this.#keys, {
      resource: (source, range) => {
        const make = () => translateResource(source, range, this.#keys, this.#settings)
        context.resource = this.#resources.find(source, range, make)
      },
      scope: (source, range) => {
        context.scope = this.#scopes.find(source, range, () => translateScope(source, range, this.#keys))
      },
      span: (span) => {
        const reason = flawOf(span)
        if (reason !== '') {
          result.refused++
          result.reason = reason
          return
        }
        result.spans++
        const hash = traceHash(span)
        context.use(span)
        each?.(context)
        const before = sink.count
        try {
          spanToSegment(sink, context, hash)
        } catch (error) {
          // One odd span costs itself, not its request.
          sink.rollBack(before)
          result.spans--
          result.refused++
          result.reason = errorMessage(error)
        }
      },
    })
    return result
  }
}

function flawOf(span: SpanView): string {
  const { traceId, spanId, bytes } = span
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
