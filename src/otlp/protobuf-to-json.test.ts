import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fromBinary, toJson } from '@bufbuild/protobuf'
import { ExportTraceServiceRequestSchema } from '../../test/gen/otlp/trace_pb.ts'
import { jsonToProtobuf } from './json-to-protobuf.ts'
import { type OtlpValue, protobufToJson } from './protobuf-to-json.ts'

const encode = (json: unknown): Uint8Array => jsonToProtobuf(new TextEncoder().encode(JSON.stringify(json))).bytes

const value = fc.letrec<{ any: OtlpValue }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ stringValue: fc.string() }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String) }),
    fc.record({
      doubleValue: fc.double({ noNaN: true, noDefaultInfinity: true }).filter((double) => !Object.is(double, -0)),
    }),
    fc.record({ bytesValue: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')) }),
    fc.record({ arrayValue: fc.record({ values: fc.array(tie('any'), { minLength: 1, maxLength: 3 }) }) }),
  ),
})).any
const attributes = fc.array(fc.record({ key: fc.string(), value }), { minLength: 1, maxLength: 4 })
const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((id) => Buffer.from(id).toString('hex'))
const nanos = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String)
const span = fc.record({
  traceId: hex(16),
  spanId: hex(8),
  name: fc.string(),
  kind: fc.constantFrom('SPAN_KIND_SERVER', 'SPAN_KIND_CLIENT'),
  startTimeUnixNano: nanos,
  endTimeUnixNano: nanos,
  attributes,
  events: fc.array(fc.record({ timeUnixNano: nanos, name: fc.string(), attributes }), { minLength: 1, maxLength: 2 }),
  links: fc.array(fc.record({ traceId: hex(16), spanId: hex(8) }), { minLength: 1, maxLength: 2 }),
  status: fc.record({ code: fc.constantFrom('STATUS_CODE_OK', 'STATUS_CODE_ERROR'), message: fc.string() }),
  flags: fc.nat(),
})

test('protobufToJson() returns what jsonToProtobuf() was called with', () => {
  fc.assert(fc.property(span, attributes, (anySpan, resourceAttributes) => {
    const json = {
      resourceSpans: [{
        resource: { attributes: resourceAttributes },
        scopeSpans: [{ scope: { name: 'lib' }, spans: [anySpan] }],
      }],
    }
    assert.deepEqual(protobufToJson(encode(json)), JSON.parse(JSON.stringify(json)))
  }))
})

test('protobufToJson() reads the same as a generated reader, and writes what JSON has no number for as a string', () => {
  const bytes = encode({
    resourceSpans: [{ scopeSpans: [{ spans: [{ attributes: [{ key: 'k', value: { doubleValue: 'NaN' } }] }] }] }],
  })
  assert.deepEqual(
    protobufToJson(bytes),
    toJson(ExportTraceServiceRequestSchema, fromBinary(ExportTraceServiceRequestSchema, bytes)),
  )
})

test('protobufToJson() refuses bytes that are cut, and skips fields that it does not know', () => {
  const bytes = encode({ resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'a span' }] }] }] })
  for (let end = 1; end < bytes.length; end++) assert.throws(() => protobufToJson(bytes.subarray(0, end)), `at ${end}`)
  assert.deepEqual(protobufToJson(new Uint8Array([0xf8, 0x07, 0x01])), {})
})
