import type { Range } from '../otlp/range.ts'
import type { DocumentWriter } from '../segment/document-writer.ts'
import { escapeJson } from '../segment/escape-json.ts'
import type { TranslationContext } from './translation-context.ts'

const start = escapeJson('"1-')

/** Writes the W3C trace id in `bytes[range]`, of 16 bytes, as X-Ray has it: `"1-5759e988-bd862e3fe1be46a994272793"`. */
export function writeTraceId(w: DocumentWriter, bytes: Uint8Array, range: Range): void {
  const size = range.end - range.start
  w.raw(start)
  w.hex(bytes, range.start, Math.min(4, size))
  w.char(0x2d)
  if (size > 4) w.hex(bytes, range.start + 4, size - 4)
  w.quote()
}

/** Collects the trace ids of a request's spans, as X-Ray has them. */
export class TraceIds {
  readonly #found = new Set<string>()

  /** Adds that of a span. */
  readonly add = ({ span: { bytes, traceId } }: TranslationContext): void => {
    const hex = Buffer.from(bytes.buffer, bytes.byteOffset + traceId.start, 16).toString('hex')
    this.#found.add(`1-${hex.slice(0, 8)}-${hex.slice(8)}`)
  }

  /** Each id once. */
  get found(): string[] {
    return [...this.#found]
  }
}
