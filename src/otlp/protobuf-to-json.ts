import { doubleOf } from '../bytes/double-of.ts'
import { checkDepth } from './check-depth.ts'
import { type Field, type Message, wireTypeOf } from './message.ts'
import { ProtoReader } from './proto-reader.ts'
import { traceRequest } from './trace-request.ts'
import { WireError } from './wire-error.ts'

/** An object of OTLP/JSON. */
export type OtlpJson = { [name: string]: OtlpValue }
/** A value of OTLP/JSON. */
export type OtlpValue = string | number | boolean | OtlpJson | OtlpValue[]

const decoder = new TextDecoder()

/**
 * Converts a protobuf ExportTraceServiceRequest to OTLP/JSON, to show it: hex ids, 64-bit integers as strings, enums by
 * their names. Fields that are not known are left out. The reverse of jsonToProtobuf().
 *
 * @throws {WireError} if the bytes are not well-formed
 */
export function protobufToJson(bytes: Uint8Array): OtlpJson {
  return readMessage(new ProtoReader(bytes), traceRequest, bytes.length, 0)
}

/** Of each message its fields by their numbers, with the names that are written: the first of each field's names. */
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
  checkDepth(depth, 'a message')
  const fields = fieldsOf(message)
  const json: OtlpJson = {}
  while (reader.at < end) {
    const tag = reader.tag(end)
    const [name, field] = fields.get(tag >>> 3) ?? []
    if (name === undefined || field === undefined || (tag & 7) !== wireTypeOf(field)) {
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
      return jsonDouble(doubleOf(reader.low, reader.high))
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

/** A double as JSON has it: what JSON has no number for is a string. */
function jsonDouble(value: number): number | string {
  return Number.isFinite(value) ? value : String(value)
}
