import type { SpanContext } from './span-context.ts'

/** Collects the ids of the traces in a request, in X-Ray's form. */
export class TraceIds {
  readonly #found = new Set<string>()

  /** Takes that of a span. */
  readonly add = ({ span: { bytes, traceId } }: SpanContext): void => {
    const hex = Buffer.from(bytes.buffer, bytes.byteOffset + traceId.start, 16).toString('hex')
    this.#found.add(`1-${hex.slice(0, 8)}-${hex.slice(8)}`)
  }

  get found(): string[] {
    return [...this.#found]
  }
}
