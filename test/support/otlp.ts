import { randomBytes } from 'node:crypto'
import { create, toBinary } from '@bufbuild/protobuf'
import { ExportTraceServiceRequestSchema } from '../gen/otlp/trace_pb.ts'

/** A value of an attribute, as a test writes it. */
export type Plain = string | number | boolean | Plain[]

/** A span, as a test writes it. */
export interface TestSpan {
  readonly traceId?: string
  readonly spanId?: string
  readonly parentSpanId?: string
  readonly name?: string
  readonly kind?: number
  readonly attributes?: Record<string, Plain>
  readonly status?: { readonly code: number; readonly message?: string }
  readonly events?: readonly { readonly name: string; readonly attributes: Record<string, Plain> }[]
}

/** Random bytes as hexadecimal digits. */
export const hex = (size: number): string => randomBytes(size).toString('hex')

/** A request as OTLP/JSON. */
export function jsonRequest(
  spans: readonly TestSpan[],
  resource: Record<string, Plain> = { 'service.name': 'shop' },
): string {
  return JSON.stringify({
    resourceSpans: [{ resource: { attributes: attributesOf(resource) }, scopeSpans: [{ spans: spans.map(spanOf) }] }],
  })
}

function spanOf(span: TestSpan): object {
  const now = BigInt(Date.now()) * 1_000_000n
  return {
    traceId: hex(16),
    spanId: hex(8),
    name: 'test',
    kind: 2,
    startTimeUnixNano: String(now - 5_000_000n),
    endTimeUnixNano: String(now),
    ...span,
    attributes: attributesOf(span.attributes ?? {}),
    events: (span.events ?? []).map(({ name, attributes }) => ({
      name,
      timeUnixNano: String(now),
      attributes: attributesOf(attributes),
    })),
  }
}

function attributesOf(attributes: Record<string, Plain>): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }))
}

function valueOf(value: Plain): object {
  if (Array.isArray(value)) return { arrayValue: { values: value.map(valueOf) } }
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}

/** Converts OTLP/JSON to protobuf with the generated code, independently of the agent's reader. */
export function protobufRequest(json: string): Uint8Array<ArrayBuffer> {
  const request = JSON.parse(json, (key, value) => {
    if (/^(traceId|spanId|parentSpanId)$/.test(key) && typeof value === 'string') return Buffer.from(value, 'hex')
    if (/UnixNano$|^intValue$/.test(key)) return BigInt(value)
    if (key === 'bytesValue') return Buffer.from(value, 'base64')
    if (typeof value !== 'object' || value === null) return value
    for (
      const name of ['stringValue', 'boolValue', 'intValue', 'doubleValue', 'arrayValue', 'kvlistValue', 'bytesValue']
    ) {
      if (name in value) return { value: { case: name, value: value[name] } }
    }
    return value
  })
  return new Uint8Array(toBinary(ExportTraceServiceRequestSchema, create(ExportTraceServiceRequestSchema, request)))
}
