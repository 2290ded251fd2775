import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fromBinary } from '@bufbuild/protobuf'
import { ExportTraceServiceRequestSchema } from '../../test/gen/otlp/trace_pb.ts'
import { jsonToProtobuf } from './json-to-protobuf.ts'
import { JsonError } from './json-scanner.ts'

const convert = (json: string) => jsonToProtobuf(new TextEncoder().encode(json))
const attribute = (text: string) => {
  const json = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"k","value":${text}}]}]}]}]}`
  const [group] = fromBinary(ExportTraceServiceRequestSchema, convert(json).bytes).resourceSpans
  const value = group?.scopeSpans[0]?.spans[0]?.attributes[0]?.value?.value
  return value?.case === undefined ? undefined : value
}

test('jsonToProtobuf() takes 64-bit integers as strings and numbers, each digit exact', () => {
  for (
    const [text, value] of [['"9007199254740993"', 9007199254740993n], ['-9223372036854775808', -(2n ** 63n)], [
      '1e3',
      1000n,
    ], ['2.0', 2n]] as const
  ) {
    assert.equal(attribute(`{"intValue":${text}}`)?.value, value, text)
  }
})

test('jsonToProtobuf() leaves out an integer that does not fit, and counts it', () => {
  assert.equal(attribute('{"intValue":1e+308}'), undefined)
  assert.equal(
    convert('{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":{"intValue":"9223372036854775808"}}]}}]}')
      .droppedValues,
    1,
  )
})

test('jsonToProtobuf() takes every string that JSON has', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, isEscaped) => {
    const json = JSON.stringify(text)
    const escaped = isEscaped
      ? json.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
      : json
    assert.equal(attribute(`{"stringValue":${escaped}}`)?.value, text.toWellFormed())
  }))
})

test('jsonToProtobuf() takes doubles, also as strings, bytes in both alphabets, and null as absent', () => {
  assert.equal(attribute('{"doubleValue":1.5e300}')?.value, 1.5e300)
  assert.equal(attribute('{"doubleValue":"NaN"}')?.value, NaN)
  assert.deepEqual(attribute('{"bytesValue":"-_8="}')?.value, new Uint8Array([0xfb, 0xff]))
  assert.equal(attribute('null'), undefined)
  assert.equal(attribute('{"stringValue":null}'), undefined)
})

test('jsonToProtobuf() throws a JsonError that names the place', () => {
  for (
    const json of [
      '',
      '{',
      '{"a":}',
      '{"resourceSpans":5}',
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0"}]}]}]}',
      '{} x',
      '{"a":01}',
      '{"a":"\u0001"}',
      '["a"]',
    ]
  ) {
    assert.throws(() => convert(json), (error) => error instanceof JsonError && /at byte \d+/.test(error.message), json)
  }
})

test('jsonToProtobuf() skips members that it does not know', () => {
  const json = '{"x":[{"a":[1,-2.5e1,true,null,"\\n"]}],"resourceSpans":[],"y":{}}'
  assert.equal(convert(json).bytes.length, 0)
})

test('jsonToProtobuf() says in words that a string is expected', () => {
  assert.throws(() => convert('{"resourceSpans":[{"schemaUrl":7}]}'), /expected a string$/)
  assert.throws(() => convert('{"resourceSpans":[{7:1}]}'), /at byte 19: expected a string$/)
})

test('jsonToProtobuf() refuses enum names that every object has', () => {
  for (const kind of ['__proto__', 'constructor', 'toString']) {
    const json = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ kind }] }] }] })
    assert.throws(() => jsonToProtobuf(new TextEncoder().encode(json)), JsonError)
  }
})
