/** How a field of OTLP/JSON is written on the wire. */
export type FieldType =
  | 'string'
  | 'bytes'
  | 'hex'
  | 'bool'
  | 'enum'
  | 'uint32'
  | 'fixed32'
  | 'fixed64'
  | 'int64'
  | 'double'
  | 'message'

/** A field of a message. */
export interface Field {
  readonly number: number
  readonly type: FieldType
  /** Of messages. */
  readonly message?: Message
  /** There may be any number of them. */
  readonly isRepeated?: boolean
  /** Of enums: each name's number. */
  readonly names?: Readonly<Record<string, number>>
}

/** A message's fields by their JSON names, lowerCamelCase and snake_case. */
export interface Message {
  readonly fields: Map<string, Field>
  /** The names that were read so far, as bytes: the quickest way to find a field again. */
  readonly seen: { readonly name: Uint8Array; readonly field: Field }[]
}

const message = (fields: Record<string, Field>): Message => {
  const all = new Map<string, Field>()
  for (const [name, field] of Object.entries(fields)) {
    all.set(name, field)
    all.set(name.replace(/[A-Z]/g, (letter) => '_' + letter.toLowerCase()), field)
  }
  return { fields: all, seen: [] }
}
const field = (number: number, type: FieldType): Field => ({ number, type })
const of = (number: number, inner: Message): Field => ({ number, type: 'message', message: inner })
const many = (number: number, inner: Message): Field => ({ ...of(number, inner), isRepeated: true })
const numbered = (prefix: string, names: string[]): Record<string, number> =>
  Object.fromEntries(names.map((name, i) => [prefix + name, i]))

const anyValue = message({})
const arrayValue = message({ values: many(1, anyValue) })
const keyValue = message({ key: field(1, 'string'), value: of(2, anyValue) })
const kvlistValue = message({ values: many(1, keyValue) })
const anyFields = message({
  stringValue: field(1, 'string'),
  boolValue: field(2, 'bool'),
  intValue: field(3, 'int64'),
  doubleValue: field(4, 'double'),
  arrayValue: of(5, arrayValue),
  kvlistValue: of(6, kvlistValue),
  bytesValue: field(7, 'bytes'),
})
for (const [name, value] of anyFields.fields) anyValue.fields.set(name, value)

const scope = message({
  name: field(1, 'string'),
  version: field(2, 'string'),
  attributes: many(3, keyValue),
  droppedAttributesCount: field(4, 'uint32'),
})
const resource = message({ attributes: many(1, keyValue), droppedAttributesCount: field(2, 'uint32') })
const event = message({
  timeUnixNano: field(1, 'fixed64'),
  name: field(2, 'string'),
  attributes: many(3, keyValue),
  droppedAttributesCount: field(4, 'uint32'),
})
const link = message({
  traceId: field(1, 'hex'),
  spanId: field(2, 'hex'),
  traceState: field(3, 'string'),
  attributes: many(4, keyValue),
  droppedAttributesCount: field(5, 'uint32'),
  flags: field(6, 'fixed32'),
})
const status = message({
  message: field(2, 'string'),
  code: { number: 3, type: 'enum', names: numbered('STATUS_CODE_', ['UNSET', 'OK', 'ERROR']) },
})
const kinds = numbered('SPAN_KIND_', ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'])
const span = message({
  traceId: field(1, 'hex'),
  spanId: field(2, 'hex'),
  traceState: field(3, 'string'),
  parentSpanId: field(4, 'hex'),
  name: field(5, 'string'),
  kind: { number: 6, type: 'enum', names: kinds },
  startTimeUnixNano: field(7, 'fixed64'),
  endTimeUnixNano: field(8, 'fixed64'),
  attributes: many(9, keyValue),
  droppedAttributesCount: field(10, 'uint32'),
  events: many(11, event),
  droppedEventsCount: field(12, 'uint32'),
  links: many(13, link),
  droppedLinksCount: field(14, 'uint32'),
  status: of(15, status),
  flags: field(16, 'fixed32'),
})
const scopeSpans = message({ scope: of(1, scope), spans: many(2, span), schemaUrl: field(3, 'string') })
const resourceSpans = message({
  resource: of(1, resource),
  scopeSpans: many(2, scopeSpans),
  // Before OTLP 0.15 it was called so.
  instrumentationLibrarySpans: many(2, scopeSpans),
  schemaUrl: field(3, 'string'),
})

/** opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest */
export const traceRequest: Message = message({ resourceSpans: many(1, resourceSpans) })
