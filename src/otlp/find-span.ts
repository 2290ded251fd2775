import type { OtlpJson, OtlpValue } from './protobuf-to-json.ts'

/** A span with its resource and scope, as OTLP/JSON. */
export interface SpanParts {
  readonly resource: OtlpJson
  readonly scope: OtlpJson
  readonly span: OtlpJson
}

/** The spans of an ExportTraceServiceRequest, in order. */
export function spansOf({ resourceSpans }: OtlpJson): SpanParts[] {
  return objects(resourceSpans).flatMap((group) =>
    objects(group['scopeSpans']).flatMap(({ scope, spans }) =>
      objects(spans).map((span) => ({ span, resource: object(group['resource']), scope: object(scope) }))
    )
  )
}

/** Finds a span in an ExportTraceServiceRequest. @param id 16 hex digits, lower case */
export function findSpan(request: OtlpJson, id: string): SpanParts | undefined {
  return spansOf(request).find(({ span }) => span['spanId'] === id)
}

function objects(value: OtlpValue | undefined): OtlpJson[] {
  return Array.isArray(value) ? value.map(object) : []
}

function object(value: OtlpValue | undefined): OtlpJson {
  return typeof value === 'object' && !Array.isArray(value) ? value : {}
}
