import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonRequest, type Plain, protobufRequest, type TestSpan } from '../../test/support/otlp.ts'
import { documentsOf, documentText } from '../component/batch.ts'
import { DocumentGroup } from '../segment/document-group.ts'
import { jsonToProtobuf } from '../otlp/json-to-protobuf.ts'
import type { TranslateSettings } from './translate-settings.ts'
import { Translator } from './translator.ts'

const defaults: TranslateSettings = { indexedAttributes: [], indexAllAttributes: false, logGroups: [] }

function translate(spans: TestSpan[], settings: Partial<TranslateSettings> = {}, resource?: Record<string, Plain>) {
  return translateBytes(protobufRequest(jsonRequest(spans, resource)), settings)
}

// deno-lint-ignore no-explicit-any -- a test looks into documents of any form
function translateBytes(bytes: Uint8Array, settings: Partial<TranslateSettings> = {}): any[] {
  let n = 0
  const translator = new Translator({ ...defaults, ...settings }, { next: () => new Uint8Array(8).fill(++n) })
  const group = new DocumentGroup()
  translator.translate(bytes, group)
  const block = group.take()
  return documentsOf({ parts: [{ block, from: 0, to: block.ends.length }], count: block.ends.length })
    .map((document) => JSON.parse(documentText(document)))
}

test('translate() fills sql and the name from the stable database conventions', () => {
  const [segment] = translate([{
    kind: 3,
    name: 'SELECT orders',
    attributes: {
      'db.system.name': 'postgresql',
      'db.namespace': 'shop',
      'db.query.text': 'SELECT 1',
      'db.collection.name': 'orders',
      'db.operation.name': 'SELECT',
      'server.address': 'db.example.com',
      'server.port': 5432,
    },
  }])
  assert.equal(segment.name, 'shop@db.example.com')
  assert.deepEqual(segment.sql, {
    connection_string: 'db.example.com:5432/shop',
    url: 'SELECT orders',
    sanitized_query: 'SELECT 1',
    database_type: 'postgresql',
  })
  assert.equal(segment.metadata.default['db.operation.name'], 'SELECT')
})

test('translate() names a database by its address, whatever connection string was the same text before', () => {
  const [old, stable] = translate([
    { kind: 3, attributes: { 'db.name': 'shop', 'db.connection_string': 'db7.example.com' } },
    { kind: 3, attributes: { 'db.namespace': 'shop', 'server.address': 'db7.example.com' } },
  ])
  assert.equal(old.name, 'shop')
  assert.equal(stable.name, 'shop@db7.example.com')
})

test('translate() makes strings of NaN and the infinities', () => {
  const bytes = jsonToProtobuf(new TextEncoder().encode(
    jsonRequest([{ attributes: { a: 1.5, b: 2.5 } }]).replace('1.5', '"NaN"').replace('2.5', '"-Infinity"'),
  )).bytes
  const [segment] = translateBytes(bytes)
  assert.equal(segment.metadata.default.a, 'NaN')
  assert.equal(segment.metadata.default.b, '-Infinity')
})

test('translate() cleans names wherever they come from, and cuts them at 200 characters', () => {
  const name = '😀!<' + 'ä'.repeat(300)
  for (
    const span of [{ kind: 1, name }, { kind: 3, attributes: { 'peer.service': name } }, {
      kind: 3,
      attributes: { 'db.name': name },
    }]
  ) {
    const [segment] = translate([span])
    assert.equal(segment.name, 'ä'.repeat(200))
  }
  assert.equal(translate([{ kind: 2 }], {}, { 'service.name': name })[0].name, 'ä'.repeat(200))
  assert.equal(translate([{ kind: 1, name: '!!!' }])[0].name, 'span')
})

test('translate() indexes what the config names, of spans and resources', () => {
  const [segment] = translate([{ attributes: { 'order.id': 'a', 'http.method': 'GET', 'a b': true, list: [1] } }], {
    indexedAttributes: ['order.id', 'http.method', 'a b', 'list', 'otel.resource.service.name'],
  })
  assert.deepEqual(segment.annotations, {
    'otel.resource.service.name': 'shop',
    'order.id': 'a',
    'http.method': 'GET',
    a_b: true,
  })
  assert.equal(segment.http.request.method, 'GET')
  assert.deepEqual(segment.metadata.otel.attributes, { list: [1] })
})

test('translate() makes at most 50 annotations, and keeps the rest as metadata', () => {
  const attributes = Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`k${i}`, i]))
  const [segment] = translate([{ attributes }], { indexAllAttributes: true }, {})
  assert.equal(Object.keys(segment.annotations).length, 50)
  assert.equal(Object.keys(segment.metadata.default).length, 20)
})

test('translate() marks 4xx as error, 429 as throttle too, 5xx as fault, and else goes by the status', () => {
  const marks = (code: number, status: number) => {
    const [{ error, throttle, fault }] = translate([{
      attributes: { 'http.response.status_code': code },
      status: { code: status },
    }])
    return [error === true, throttle === true, fault === true]
  }
  assert.deepEqual(marks(404, 2), [true, false, false])
  assert.deepEqual(marks(429, 0), [true, true, false])
  assert.deepEqual(marks(503, 0), [false, false, true])
  assert.deepEqual(marks(200, 2), [false, false, true])
  assert.deepEqual(marks(200, 1), [false, false, false])
})

test('translate() keeps events, status message and scope under the metadata namespace otel', () => {
  const [segment] = translate([{
    status: { code: 2, message: 'why' },
    events: [{ name: 'cache miss', attributes: { key: 'k' } }, {
      name: 'exception',
      attributes: { 'exception.type': 'E' },
    }],
  }])
  const { events, status_message: message } = segment.metadata.otel
  assert.equal(message, 'why')
  assert.deepEqual(events.map(({ name, attributes }: { name: string; attributes: object }) => [name, attributes]), [[
    'cache miss',
    { key: 'k' },
  ]])
})

test('translate() keeps stack traces that it cannot parse as they are', () => {
  const [segment] = translate(
    [{ events: [{ name: 'exception', attributes: { 'exception.stacktrace': "a.rb:3:in 'x'" } }] }],
    {},
    { 'telemetry.sdk.language': 'ruby' },
  )
  assert.deepEqual(Object.values(segment.metadata.otel.stacktraces), ["a.rb:3:in 'x'"])
})

test('translate() makes a service segment and a call of a local root', () => {
  const documents = translate([{
    kind: 3,
    attributes: {
      'aws.span.kind': 'LOCAL_ROOT',
      'aws.local.service': 'shop',
      'aws.remote.service': 'db',
      'http.method': 'GET',
    },
  }])
  const [call, service] = documents
  assert.equal(documents.length, 2)
  assert.equal(call.parent_id, service.id)
  assert.deepEqual([call.name, call.type, service.name, service.type, service.http], [
    'db',
    'subsegment',
    'shop',
    undefined,
    undefined,
  ])
})

test('translate() cuts a document over 64 KB, and says so', () => {
  const [segment] = translate([{ attributes: { big: 'x'.repeat(100_000), small: 'y' } }])
  assert.deepEqual(segment.metadata.otel.cut, ['metadata'])
  assert.equal(segment.metadata.default.small, 'y')
})

test('translate() takes attributes nested 90 deep, and refuses a span with deeper ones, but not the others', () => {
  const nested = (depth: number): Plain => (depth === 0 ? 'x' : [nested(depth - 1)])
  const documents = translate([{ attributes: { deep: nested(90) } }, { attributes: { deep: nested(101) } }, {
    spanId: '1'.repeat(16),
  }])
  assert.equal(documents.length, 2)
  assert.equal(documents[1].id, '1'.repeat(16))
})
