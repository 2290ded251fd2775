import type { OtlpJson, OtlpValue } from './protobuf-to-json.ts'

/** A span with what it belongs to, as OTLP/JSON. */
export interface SpanParts {
  readonly resource: OtlpJson
  readonly scope: OtlpJson
  readonly span: OtlpJson
}

/**
 * Finds a span in an ExportTraceServiceRequest.
 *
 * @param id hex
 */
export function findSpan({ resourceSpans }: OtlpJson, id: string): SpanParts | undefined {
  for (const group of objects(resourceSpans)) {
    for (const list of objects(group['scopeSpans'])) {
      const span = objects(list['spans']).find(({ spanId }) => spanId === id)
      if (span !== undefined) {
        return { span, resource: object(group['resource']), scope: object(list['scope']) }
      }
    }
  }
  return undefined
}

function objects(value: OtlpValue | undefined): OtlpJson[] {
  return Array.isArray(value) ? value.map(object) : []
}

function object(value: OtlpValue | undefined): OtlpJson {
  return typeof value === 'object' && !Array.isArray(value) ? value : {}
}
