import { MAX_DEPTH } from './check-depth.ts'
import { JsonScanner } from './json-scanner.ts'
import type { Field, FieldName, Message } from './message.ts'
import { ProtoWriter } from './proto-writer.ts'
import { traceRequest } from './trace-request.ts'

/** An OTLP/JSON request as protobuf. */
export interface JsonRequest {
  readonly bytes: Uint8Array
  /** Values that fit no protobuf field, such as an `intValue` of `1e+308`. Their attributes are in it, empty. */
  readonly droppedValues: number
}

/**
 * Converts an OTLP/JSON ExportTraceServiceRequest to protobuf, so that one reader serves both encodings. Takes hex ids,
 * 64-bit integers as strings or numbers with every digit, names in lowerCamelCase or snake_case, enums as numbers or
 * names; unknown fields are passed over.
 *
 * @param bytes JSON, UTF-8
 * @throws {JsonError} if it is not JSON or a field has the wrong type
 */
export function jsonToProtobuf(bytes: Uint8Array): JsonRequest {
  const transcoder = new Transcoder(bytes)
  return transcoder.run()
}

class Transcoder {
  readonly #in: JsonScanner
  readonly #out: ProtoWriter
  #dropped = 0

  constructor(bytes: Uint8Array) {
    this.#in = new JsonScanner(bytes)
    this.#out = new ProtoWriter(bytes.length)
  }

  run(): JsonRequest {
    this.#message(traceRequest, 0)
    if (this.#in.peek() !== -1) throw this.#in.error('the end')
    return { bytes: this.#out.finish(), droppedValues: this.#dropped }
  }

  /** Reads an object, without a callback for each member: an attribute has three objects. */
  #message(message: Message, depth: number): void {
    const scanner = this.#in
    if (depth > MAX_DEPTH) throw scanner.error(`no nesting over ${MAX_DEPTH} deep`)
    scanner.expect(0x7b)
    if (scanner.accept(0x7d)) return
    let name = message.start
    do {
      scanner.string()
      name = findName(message, scanner, name)
      scanner.expect(0x3a)
      if (name.field === undefined) scanner.skip()
      else this.#field(name.field, depth)
    } while (scanner.accept(0x2c))
    scanner.expect(0x7d)
  }

  #field(field: Field, depth: number): void {
    const scanner = this.#in
    const next = scanner.peek()
    if (next === 0x6e) {
      if (scanner.word() !== 'null') throw scanner.error('a value')
    } else if (next === 0x5b && field.message !== undefined) {
      scanner.expect(0x5b)
      if (scanner.accept(0x5d)) return
      do this.#value(field, depth)
      while (scanner.accept(0x2c))
      scanner.expect(0x5d)
    } else this.#value(field, depth)
  }

  #value(field: Field, depth: number): void {
    const scanner = this.#in
    const out = this.#out
    if (field.message !== undefined) {
      if (scanner.peek() === 0x6e && scanner.word() === 'null') return
      const start = out.open(field.number)
      this.#message(field.message, depth + 1)
      out.close(start)
      return
    }
    const isString = scanner.peek() === 0x22
    if (isString) scanner.string()
    switch (field.type) {
      case 'string':
        if (!isString) throw scanner.error('a string')
        if (scanner.escaped) out.bytes(field.number, scanner.unescape())
        else out.copy(field.number, scanner.bytes, scanner.start, scanner.end)
        return
      case 'hex':
        if (!isString || !out.hex(field.number, scanner.bytes, scanner.start, scanner.end)) {
          throw scanner.error('an id of hex digits')
        }
        return
      case 'bytes': {
        const decoded = isString ? decodeBase64(scanner.text()) : undefined
        if (decoded === undefined) throw scanner.error('base64')
        out.bytes(field.number, decoded)
        return
      }
      case 'bool': {
        const word = isString ? scanner.text() : scanner.word()
        if (word !== 'true' && word !== 'false') throw scanner.error('true or false')
        out.varint(field.number, word === 'true' ? 1 : 0, 0)
        return
      }
      default:
        this.#number(field, isString ? scanner.text() : scanner.word())
    }
  }

  #number(field: Field, word: string): void {
    const scanner = this.#in
    const out = this.#out
    if (field.type === 'double') {
      const value = parseDouble(word)
      if (value === undefined) throw scanner.error('a number')
      out.double(field.number, value)
      return
    }
    const named = field.names?.[word]
    if (named !== undefined || /^\d{1,9}$/.test(word)) {
      // Nearly all integers are small; BigInt is for the others.
      const small = named ?? Number(word)
      if (field.type === 'fixed64') out.fixed64(field.number, small, 0)
      else if (field.type === 'fixed32') out.fixed32(field.number, small)
      else out.varint(field.number, small, 0)
      return
    }
    const value = parseInteger(word)
    if (value === undefined) throw scanner.error('an integer')
    const fits = field.type === 'fixed64' ? BigInt.asUintN(64, value) === value : BigInt.asIntN(64, value) === value
    if (!fits) {
      this.#dropped++
      return
    }
    const low = Number(BigInt.asIntN(32, value))
    const high = Number(BigInt.asIntN(32, value >> 32n))
    if (field.type === 'fixed64') out.fixed64(field.number, low, high)
    else if (field.type === 'fixed32') out.fixed32(field.number, low)
    else out.varint(field.number, low, high)
  }
}

/** The scanner's last string as a name of the message; nearly every name has no escapes, and is found by its bytes. */
function findName(message: Message, scanner: JsonScanner, previous: FieldName): FieldName {
  const { bytes, start, end } = scanner
  if (!scanner.escaped) return message.names.findAfter(previous, bytes, start, end)
  const name = scanner.unescape()
  return message.names.find(name, 0, name.length)
}

function parseInteger(word: string): bigint | undefined {
  if (/^-?\d+$/.test(word)) return word.length < 400 ? BigInt(word) : 1n << 200n
  if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(word)) return undefined
  const value = Number(word)
  if (!Number.isFinite(value)) return 1n << 200n
  return Number.isInteger(value) ? BigInt(value) : 1n << 200n
}

function parseDouble(word: string): number | undefined {
  if (word === 'NaN') return NaN
  if (word === 'Infinity' || word === '-Infinity') return Number(word)
  return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(word) ? Number(word) : undefined
}

function decodeBase64(text: string): Uint8Array | undefined {
  const standard = text.replace(/-/g, '+').replace(/_/g, '/')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(standard)) return undefined
  return new Uint8Array(Buffer.from(standard, 'base64'))
}
