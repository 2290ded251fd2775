import assert from 'node:assert/strict'
import { test } from 'node:test'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { ValueType } from '../src/otlp/attribute-list.ts'
import type { Range } from '../src/otlp/range.ts'
import { readEvent, SpanEvent } from '../src/otlp/read-event.ts'
import { readLink, SpanLink } from '../src/otlp/read-link.ts'
import { readResource } from '../src/otlp/read-resource.ts'
import { readScope } from '../src/otlp/read-scope.ts'
import { readTraceRequest } from '../src/otlp/read-trace-request.ts'
import { SpanView } from '../src/otlp/span-view.ts'
import { WireError } from '../src/otlp/wire-error.ts'
import { DocumentGroup } from '../src/segment/document-group.ts'
import { DocumentWriter } from '../src/segment/document-writer.ts'
import { unescapeJson } from '../src/segment/escape-json.ts'
import { type AttributeKey, attributeKeys, type Attributes } from '../src/translate/attribute-key.ts'
import { Translator } from '../src/translate/translator.ts'
import { writeValue } from '../src/translate/write-value.ts'
import { type AnyValue, ExportTraceServiceRequestSchema, type KeyValue, type Span } from './gen/otlp/trace_pb.ts'

const keys = attributeKeys({ indexedAttributes: [], indexAllAttributes: false })
const decoder = new TextDecoder()

const id = (size: number) => fc.uint8Array({ minLength: size, maxLength: size })
const name = fc.oneof(
  fc.constantFrom('http.method', 'http.status_code', 'db.system', 'aws.region', 'service.name', 'enduser.id', 'x'),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
)
const { any } = fc.letrec((tie) => ({
  any: fc.record({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constant({ case: undefined }),
      fc.record({ case: fc.constant('stringValue'), value: fc.string({ unit: 'grapheme', maxLength: 300 }) }),
      fc.record({ case: fc.constant('boolValue'), value: fc.boolean() }),
      fc.record({ case: fc.constant('intValue'), value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) }),
      fc.record({ case: fc.constant('doubleValue'), value: fc.double() }),
      fc.record({ case: fc.constant('bytesValue'), value: fc.uint8Array({ minLength: 1, maxLength: 40 }) }),
      fc.record({
        case: fc.constant('arrayValue'),
        value: fc.record({ values: fc.array(tie('any'), { maxLength: 4 }) }),
      }),
      fc.record({
        case: fc.constant('kvlistValue'),
        value: fc.record({ values: fc.array(fc.record({ key: fc.string(), value: tie('any') }), { maxLength: 4 }) }),
      }),
    ),
  }),
}))
const attributes = fc.array(fc.record({ key: name, value: any }), { maxLength: 90 })
const nanos = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const count = fc.integer({ min: 0, max: 0xffffffff })
const span = fc.record({
  traceId: id(16),
  spanId: id(8),
  traceState: fc.string(),
  parentSpanId: fc.oneof(id(8), id(0)),
  name: fc.string({ unit: 'grapheme', maxLength: 300 }),
  kind: fc.integer({ min: 0, max: 7 }),
  startTimeUnixNano: nanos,
  endTimeUnixNano: nanos,
  attributes,
  droppedAttributesCount: count,
  droppedEventsCount: count,
  droppedLinksCount: count,
  events: fc.array(fc.record({ timeUnixNano: nanos, name, attributes, droppedAttributesCount: count }), {
    maxLength: 3,
  }),
  links: fc.array(fc.record({ traceId: id(16), spanId: id(8), attributes }), { maxLength: 3 }),
  status: fc.record({ message: fc.string(), code: fc.integer({ min: 0, max: 2 }) }),
})
const request = fc.record({
  resourceSpans: fc.array(
    fc.record({
      resource: fc.record({ attributes }),
      scopeSpans: fc.array(
        fc.record({
          scope: fc.record({ name: fc.string(), version: fc.string(), attributes }),
          spans: fc.array(span, { maxLength: 3 }),
        }),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 2 },
  ),
})
const encode = (value: unknown): Uint8Array =>
  // The arbitrary builds what `create` takes; its type is too wide to say so.
  toBinary(ExportTraceServiceRequestSchema, create(ExportTraceServiceRequestSchema, value as never))

test('readTraceRequest() reads what the generated decoder reads', () => {
  fc.assert(
    fc.property(request, (value) => {
      const bytes = encode(value)
      const { resourceSpans } = fromBinary(ExportTraceServiceRequestSchema, bytes)
      const expected = resourceSpans.flatMap(({ resource, scopeSpans }) => [
        { resource: plainOfPairs(resource?.attributes ?? []) },
        ...scopeSpans.flatMap(({ scope, spans }) => [
          { scope: scope?.name, version: scope?.version, attributes: plainOfPairs(scope?.attributes ?? []) },
          ...spans.map(plainOfSpan),
        ]),
      ])
      assert.deepEqual(readAll(bytes), expected)
    }),
    { numRuns: 400 },
  )
})

test('readTraceRequest() visits a resource and a scope that come after their spans before them', () => {
  const late = new TextEncoder().encode('late')
  const scopeSpans = [0x12, 3, 0x2a, 1, 0x61, 0x0a, 6, 0x0a, 4, ...late]
  const resource = [0x0a, 4, 0x0a, 2, 0x0a, 0]
  const group = [0x12, scopeSpans.length, ...scopeSpans, ...resource]
  const bytes = new Uint8Array([0x0a, group.length, ...group])
  const visited: string[] = []
  readTraceRequest(bytes, keys, new SpanView<AttributeKey>(), {
    resource: (_, range) => void visited.push(`resource of ${range.end - range.start} bytes`),
    scope: (source, range) => void visited.push(`scope ${decoder.decode(source.subarray(range.start + 2, range.end))}`),
    span: (view) => void visited.push(`span ${decoder.decode(view.bytes.subarray(view.name.start, view.name.end))}`),
  })
  assert.deepEqual(visited, ['resource of 4 bytes', 'scope late', 'span a'])
})

test('readTraceRequest() throws a WireError, and nothing else, on bytes that were cut or changed', () => {
  fc.assert(
    fc.property(request, fc.nat(), fc.nat(255), (value, at, byte) => {
      const bytes = encode(value)
      if (bytes.length === 0) return
      for (const broken of [bytes.slice(0, at % bytes.length), bytes.with(at % bytes.length, byte)]) {
        try {
          readAll(broken)
        } catch (error) {
          assert.ok(error instanceof WireError, String(error))
        }
      }
    }),
    { numRuns: 400 },
  )
})

test('translate() writes JSON for every span, and rolls the others back', () => {
  const translator = new Translator({ indexedAttributes: ['x'], indexAllAttributes: false, logGroups: [] }, {
    next: () => crypto.getRandomValues(new Uint8Array(8)),
  })
  fc.assert(
    fc.property(request, (value) => {
      const group = new DocumentGroup()
      const { spans } = translator.translate(encode(value), group)
      const { bytes, ends } = group.take()
      const documents: unknown[] = JSON.parse(`[${decoder.decode(bytes)}]`)
      assert.ok(documents.length >= spans && documents.length === ends.length)
      for (const document of documents) JSON.parse(String(document))
    }),
    { numRuns: 200 },
  )
})

type Plain = Record<string, unknown>

/** What the readers read of a request: each resource, then its scopes, each with its spans after it. */
function readAll(bytes: Uint8Array): Plain[] {
  const parts: Plain[] = []
  readTraceRequest(bytes, keys, new SpanView<AttributeKey>(), {
    resource: (source, range) => void parts.push({ resource: plainOfList(readResource(source, range, keys)) }),
    scope: (source, range) => {
      const { name, version, attributes } = readScope(source, range, keys)
      const text = ({ start, end }: Range): string => decoder.decode(source.subarray(start, end))
      parts.push({ scope: text(name), version: text(version), attributes: plainOfList(attributes) })
    },
    span: (view) => void parts.push(plainOfView(view)),
  })
  return parts
}

function plainOfView(view: SpanView<AttributeKey>): Plain {
  const part = (range: Range): Uint8Array => view.bytes.slice(range.start, range.end)
  const text = (range: Range): string => decoder.decode(part(range))
  return {
    traceId: part(view.traceId),
    spanId: part(view.spanId),
    parentSpanId: part(view.parentId),
    traceState: text(view.traceState),
    name: text(view.name),
    kind: view.kind,
    start: [view.startSeconds, view.startNanos],
    end: [view.endSeconds, view.endNanos],
    dropped: [view.droppedAttributes, view.droppedEvents, view.droppedLinks],
    status: [view.statusCode, text(view.statusMessage)],
    links: view.links.map((range) => {
      const link = new SpanLink<AttributeKey>()
      readLink(view.bytes, range, keys, link)
      return { traceId: part(link.traceId), spanId: part(link.spanId), attributes: plainOfList(link.attributes) }
    }),
    attributes: plainOfList(view.attributes),
    events: view.events.map((range) => {
      const event = new SpanEvent<AttributeKey>()
      readEvent(view.bytes, range, keys, event)
      return {
        name: text(event.name),
        time: [event.seconds, event.nanos],
        attributes: plainOfList(event.attributes),
        dropped: event.droppedAttributes,
      }
    }),
  }
}

function plainOfList(list: Attributes): [string, unknown][] {
  return Array.from({ length: list.count }, (_, i) => [list.key(i).name, plainOfEntry(list, i)])
}

function plainOfEntry(list: Attributes, i: number): unknown {
  const type = list.type(i)
  if (type === ValueType.int) return (BigInt(list.high(i)) << 32n) | BigInt(list.low(i) >>> 0)
  if (type === ValueType.double) return String(list.double(i))
  if (type === ValueType.string) return decoder.decode(list.bytes.subarray(list.start(i), list.end(i)))
  const w = new DocumentWriter()
  writeValue(w, list, i, keys)
  return JSON.parse(unescapeJson(w.bytes.subarray(0, w.length)))
}

function timeOf(nanoseconds: bigint): [number, number] {
  return [Number(nanoseconds / 1_000_000_000n), Number(nanoseconds % 1_000_000_000n)]
}

function plainOfPairs(list: KeyValue[]): [string, unknown][] {
  return list.map(({ key, value }) => [key, plainOfAny(value, true)])
}

function plainOfSpan(decoded: Span): Plain {
  return {
    traceId: decoded.traceId,
    spanId: decoded.spanId,
    parentSpanId: decoded.parentSpanId,
    traceState: decoded.traceState,
    name: decoded.name,
    kind: decoded.kind,
    start: timeOf(decoded.startTimeUnixNano),
    end: timeOf(decoded.endTimeUnixNano),
    dropped: [decoded.droppedAttributesCount, decoded.droppedEventsCount, decoded.droppedLinksCount],
    status: [decoded.status?.code ?? 0, decoded.status?.message ?? ''],
    links: decoded.links.map((link) => ({
      traceId: link.traceId,
      spanId: link.spanId,
      attributes: plainOfPairs(link.attributes),
    })),
    attributes: plainOfPairs(decoded.attributes),
    events: decoded.events.map((event) => ({
      name: event.name,
      time: timeOf(event.timeUnixNano),
      attributes: plainOfPairs(event.attributes),
      dropped: event.droppedAttributesCount,
    })),
  }
}

function plainOfAny(any: AnyValue | undefined, isTop = false): unknown {
  const value = any?.value
  switch (value?.case) {
    case 'stringValue':
    case 'boolValue':
      return value.value
    case 'intValue':
      return isTop ? value.value : Number(value.value)
    case 'doubleValue':
      if (isTop) return String(value.value)
      return Number.isFinite(value.value) ? value.value : String(value.value)
    case 'bytesValue':
      return Buffer.from(value.value).toString('base64')
    case 'arrayValue':
      return value.value.values.map((inner) => plainOfAny(inner))
    case 'kvlistValue': {
      const object: Record<string, unknown> = {}
      for (const { key, value: inner } of value.value.values) {
        Object.defineProperty(object, key, {
          value: plainOfAny(inner),
          enumerable: true,
          configurable: true,
          writable: true,
        })
      }
      return object
    }
    default:
      return null
  }
}
