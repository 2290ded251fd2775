import type { IdSource } from '../bytes/random-ids.ts'
import { documentsOf, documentText } from '../component/batch.ts'
import type { SpanParts } from '../otlp/find-span.ts'
import { jsonToProtobuf } from '../otlp/json-to-protobuf.ts'
import { DocumentGroup } from '../segment/document-group.ts'
import type { TranslateSettings } from './translate-settings.ts'
import { Translator } from './translator.ts'

/** The documents of one span. */
export interface TranslatedSpan {
  /** Parsed JSON; none if the span was rejected. */
  readonly documents: readonly unknown[]
  /** Why it was rejected; empty if it was not. */
  readonly reason: string
}

/** Translates spans one by one, to look at their documents. */
export class SpanTranslator {
  readonly #translator: Translator
  readonly #group = new DocumentGroup()

  constructor(settings: TranslateSettings, ids: IdSource) {
    this.#translator = new Translator(settings, ids)
  }

  /** @throws {RejectedError} if the span is no OTLP/JSON */
  translate({ resource, scope, span }: SpanParts): TranslatedSpan {
    const json = { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [span] }] }] }
    const { bytes } = jsonToProtobuf(new TextEncoder().encode(JSON.stringify(json)))
    const { reason } = this.#translator.translate(bytes, this.#group)
    const block = this.#group.take()
    const { length } = block.ends
    const documents = documentsOf({ parts: [{ block, from: 0, to: length }], count: length })
    return { documents: documents.map((document): unknown => JSON.parse(documentText(document))), reason }
  }
}
