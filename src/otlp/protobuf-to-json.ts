import { ProtoReader, WireError } from './proto-reader.ts'
import { type Field, type Message, traceRequest } from './trace-request.ts'

/** An object of OTLP/JSON. */
export type OtlpJson = { [name: string]: OtlpValue }
/** A value of OTLP/JSON. */
export type OtlpValue = string | number | boolean | OtlpJson | OtlpValue[]

const MOST_DEPTH = 100
const decoder = new TextDecoder()

/**
 * Turns a protobuf ExportTraceServiceRequest into OTLP/JSON, to show it: hex ids, 64-bit integers as texts, enums by
 * their names. Fields that are not known are left out. It undoes jsonToProtobuf().
 *
 * @throws {WireError} where the bytes are not well-formed
 */
export function protobufToJson(bytes: Uint8Array): OtlpJson {
  const reader = new ProtoReader()
  reader.bytes = bytes
  return readMessage(reader, traceRequest, bytes.length, 0)
}

/** The names that are written, by number; the first of those that a field has. */
const namesOf = new WeakMap<Message, Map<number, [string, Field]>>()

function fieldsOf(message: Message): Map<number, [string, Field]> {
  let fields = namesOf.get(message)
  if (fields === undefined) {
    fields = new Map()
    for (const [name, field] of message.fields) if (!fields.has(field.number)) fields.set(field.number, [name, field])
    namesOf.set(message, fields)
  }
  return fields
}

function readMessage(reader: ProtoReader, message: Message, end: number, depth: number): OtlpJson {
  if (depth > MOST_DEPTH) throw new WireError(`Cannot read a message: it is nested over ${MOST_DEPTH} deep`)
  const fields = fieldsOf(message)
  const json: OtlpJson = {}
  while (reader.at < end) {
    const tag = reader.varint(end)
    const [name, field] = fields.get(tag >>> 3) ?? []
    if (name === undefined || field === undefined || (tag & 7) !== wireType(field)) {
      reader.skip(tag, end)
      continue
    }
    const value = readValue(reader, field, end, depth)
    const known = json[name]
    if (field.isRepeated !== true) json[name] = value
    else if (Array.isArray(known)) known.push(value)
    else json[name] = [value]
  }
  return json
}

function wireType({ type }: Field): number {
  switch (type) {
    case 'fixed64':
    case 'double':
      return 1
    case 'fixed32':
      return 5
    case 'bool':
    case 'enum':
    case 'uint32':
    case 'int64':
      return 0
    default:
      return 2
  }
}

function readValue(reader: ProtoReader, field: Field, end: number, depth: number): OtlpValue {
  switch (field.type) {
    case 'message': {
      const stop = reader.block(end)
      const value = readMessage(reader, field.message ?? traceRequest, stop, depth + 1)
      reader.at = stop
      return value
    }
    case 'string':
    case 'hex':
    case 'bytes': {
      const stop = reader.block(end)
      const part = reader.bytes.subarray(reader.at, stop)
      reader.at = stop
      if (field.type === 'string') return decoder.decode(part)
      return Buffer.from(part).toString(field.type === 'hex' ? 'hex' : 'base64')
    }
    case 'fixed64':
      reader.fixed64(end)
      return ((BigInt(reader.high >>> 0) << 32n) | BigInt(reader.low >>> 0)).toString()
    case 'double':
      reader.fixed64(end)
      return doubleOf(reader.low, reader.high)
    case 'fixed32': {
      const at = reader.at
      if (at + 4 > end) throw new WireError('Cannot read a 32-bit value: the message is cut')
      reader.at = at + 4
      return new DataView(reader.bytes.buffer, reader.bytes.byteOffset + at).getUint32(0, true)
    }
    case 'int64':
      reader.varint(end)
      return ((BigInt(reader.high) << 32n) | BigInt(reader.low >>> 0)).toString()
    case 'bool':
      return reader.varint(end) !== 0 || reader.high !== 0
    case 'enum': {
      const number = reader.varint(end)
      return Object.entries(field.names ?? {}).find(([, value]) => value === number)?.[0] ?? number
    }
    case 'uint32':
      return reader.varint(end) >>> 0
  }
}

/** A double, as JSON has it: those that JSON has no number for are texts. */
function doubleOf(low: number, high: number): number | string {
  const view = new DataView(new ArrayBuffer(8))
  view.setUint32(0, low, true)
  view.setUint32(4, high, true)
  const value = view.getFloat64(0, true)
  return Number.isFinite(value) ? value : String(value)
}
