import { emptyMessage, type Field, type FieldType, type Message, message } from './message.ts'

const field = (number: number, type: FieldType): Field => ({ number, type })
const single = (number: number, inner: Message): Field => ({ number, type: 'message', message: inner })
const repeated = (number: number, inner: Message): Field => ({ ...single(number, inner), isRepeated: true })
const numbered = (prefix: string, names: string[]): Record<string, number> =>
  Object.assign(Object.create(null), Object.fromEntries(names.map((name, i) => [prefix + name, i])))

// An AnyValue contains itself, so it gets its fields after the messages that hold one.
const anyValue = emptyMessage()

/** opentelemetry.proto.common.v1.ArrayValue */
export const arrayValueMessage = message({ values: repeated(1, anyValue) })

/** opentelemetry.proto.common.v1.KeyValue */
export const keyValueMessage = message({ key: field(1, 'string'), value: single(2, anyValue) })

/** opentelemetry.proto.common.v1.KeyValueList */
export const keyValueListMessage = message({ values: repeated(1, keyValueMessage) })

/** opentelemetry.proto.common.v1.AnyValue */
export const anyValueMessage = message({
  stringValue: field(1, 'string'),
  boolValue: field(2, 'bool'),
  intValue: field(3, 'int64'),
  doubleValue: field(4, 'double'),
  arrayValue: single(5, arrayValueMessage),
  kvlistValue: single(6, keyValueListMessage),
  bytesValue: field(7, 'bytes'),
}, anyValue)

/** opentelemetry.proto.common.v1.InstrumentationScope */
export const scopeMessage = message({
  name: field(1, 'string'),
  version: field(2, 'string'),
  attributes: repeated(3, keyValueMessage),
  droppedAttributesCount: field(4, 'uint32'),
})

/** opentelemetry.proto.resource.v1.Resource */
export const resourceMessage = message({
  attributes: repeated(1, keyValueMessage),
  droppedAttributesCount: field(2, 'uint32'),
})

/** opentelemetry.proto.trace.v1.Span.Event */
export const eventMessage = message({
  timeUnixNano: field(1, 'fixed64'),
  name: field(2, 'string'),
  attributes: repeated(3, keyValueMessage),
  droppedAttributesCount: field(4, 'uint32'),
})

/** opentelemetry.proto.trace.v1.Span.Link */
export const linkMessage = message({
  traceId: field(1, 'hex'),
  spanId: field(2, 'hex'),
  traceState: field(3, 'string'),
  attributes: repeated(4, keyValueMessage),
  droppedAttributesCount: field(5, 'uint32'),
  flags: field(6, 'fixed32'),
})

/** opentelemetry.proto.trace.v1.Status */
export const statusMessage = message({
  message: field(2, 'string'),
  code: { number: 3, type: 'enum', names: numbered('STATUS_CODE_', ['UNSET', 'OK', 'ERROR']) },
})

const kinds = numbered('SPAN_KIND_', ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'])

/** opentelemetry.proto.trace.v1.Span */
export const spanMessage = message({
  traceId: field(1, 'hex'),
  spanId: field(2, 'hex'),
  traceState: field(3, 'string'),
  parentSpanId: field(4, 'hex'),
  name: field(5, 'string'),
  kind: { number: 6, type: 'enum', names: kinds },
  startTimeUnixNano: field(7, 'fixed64'),
  endTimeUnixNano: field(8, 'fixed64'),
  attributes: repeated(9, keyValueMessage),
  droppedAttributesCount: field(10, 'uint32'),
  events: repeated(11, eventMessage),
  droppedEventsCount: field(12, 'uint32'),
  links: repeated(13, linkMessage),
  droppedLinksCount: field(14, 'uint32'),
  status: single(15, statusMessage),
  flags: field(16, 'fixed32'),
})

/** opentelemetry.proto.trace.v1.ScopeSpans */
export const scopeSpansMessage = message({
  scope: single(1, scopeMessage),
  spans: repeated(2, spanMessage),
  schemaUrl: field(3, 'string'),
})

/** opentelemetry.proto.trace.v1.ResourceSpans */
export const resourceSpansMessage = message({
  resource: single(1, resourceMessage),
  scopeSpans: repeated(2, scopeSpansMessage),
  // Its name before OTLP 0.15.
  instrumentationLibrarySpans: repeated(2, scopeSpansMessage),
  schemaUrl: field(3, 'string'),
})

/** opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest */
export const traceRequest = message({ resourceSpans: repeated(1, resourceSpansMessage) })
