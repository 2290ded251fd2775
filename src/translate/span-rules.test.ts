import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OtlpValue } from '../otlp/protobuf-to-json.ts'
import { spanRules } from './span-rules.ts'

const text = (key: string, value: string) => ({ key, value: { stringValue: value } })
const settings = { indexedAttributes: ['order-tier'], indexAllAttributes: false, logGroups: [] }

const rules = new Map(
  spanRules({
    resource: { attributes: [text('service.name', 'shop'), text('cloud.region', 'eu-west-1')] },
    scope: { name: 'http-lib', version: '1.2' },
    span: {
      traceId: '5759e988bd862e3fe1be46a994272793',
      spanId: '53995c3f42cd8ad8',
      parentSpanId: '3995c3f42cd8ad81',
      traceState: 'vendor=1',
      flags: 1,
      name: 'GET /cart',
      kind: 'SPAN_KIND_SERVER',
      startTimeUnixNano: '1795349071282114000',
      endTimeUnixNano: '1795349071382114000',
      attributes: [
        text('http.request.method', 'GET'),
        { key: 'http.response.status_code', value: { intValue: '503' } },
        text('order-tier', 'gold'),
        text('note', 'by hand'),
      ],
      events: [{
        timeUnixNano: '1795349071382114000',
        name: 'exception',
        attributes: [text('exception.type', 'TypeError'), text('exception.message', 'no cart')],
      }],
    },
  }, settings).map((rule) => [rule.from, rule]),
)

for (
  const [from, rule, path] of [
    ['traceId', 'reformatted', 'trace_id'],
    ['spanId', 'moved', 'id'],
    ['parentSpanId', 'moved', 'parent_id'],
    ['startTimeUnixNano', 'reformatted', 'start_time'],
    ['attributes.http.request.method', 'copied', 'http.request.method'],
    ['attributes.http.response.status_code', 'moved', 'http.response'],
    ['attributes.order-tier', 'renamed', 'annotations.order_tier'],
    ['attributes.note', 'not indexed', 'metadata.default'],
    ['resource.service.name', 'moved', 'name'],
    ['events.0', 'reformatted', 'cause'],
  ] as const
) {
  test(`spanRules() finds that ${from} is ${rule}, and where`, () => {
    assert.equal(rules.get(from)?.rule, rule, JSON.stringify(rules.get(from)))
    assert.ok(rules.get(from)?.to.some((target) => target.path.startsWith(path)), JSON.stringify(rules.get(from)))
  })
}

test('spanRules() finds what is dropped, and what was made', () => {
  assert.equal(rules.get('flags')?.rule, 'dropped')
  const all = spanRules({
    resource: {},
    scope: {},
    span: { traceId: '5759e988bd862e3fe1be46a994272793', spanId: '53995c3f42cd8ad8' },
  }, settings)
  assert.ok(
    all.some(({ rule, to }) => rule === 'made' && to[0]?.path === 'aws.xray.auto_instrumentation'),
    JSON.stringify(all),
  )
})

const ids = { traceId: '5759e988bd862e3fe1be46a994272793', spanId: '53995c3f42cd8ad8' }
const exception = {
  timeUnixNano: '1795349071382114000',
  name: 'exception',
  attributes: [text('exception.type', 'TypeError'), text('exception.message', 'no cart')],
}
const request = [text('http.method', 'GET'), { key: 'http.status_code', value: { intValue: '500' } }]

/** The rules of a span that go to a member. */
function rulesTo(
  path: string,
  span: Record<string, OtlpValue>,
): (readonly [from: string, rule: string, ...string[]])[] {
  const found = spanRules({ resource: { attributes: [text('service.name', 'shop')] }, scope: {}, span }, settings)
  return found.flatMap(({ from, rule, to }) =>
    to.filter((target) => target.path === path).map(({ alsoFrom = [] }) => [from, rule, ...alsoFrom] as const)
  )
}

test('spanRules() names each of two parts that make the same member', () => {
  const span = { ...ids, kind: 'SPAN_KIND_SERVER', attributes: request, status: { code: 'STATUS_CODE_ERROR' } }
  assert.deepEqual(rulesTo('fault', span), [
    ['attributes.http.status_code', 'moved', 'status'],
    ['status', 'reformatted', 'attributes.http.status_code'],
  ])
})

test('spanRules() names the exception and the status where both have the message', () => {
  const span = { ...ids, status: { code: 'STATUS_CODE_ERROR', message: 'no cart' }, events: [exception] }
  assert.deepEqual(rulesTo('cause.exceptions.0.message', span), [
    ['status', 'reformatted', 'events.0'],
    ['events.0', 'reformatted', 'status'],
  ])
})

test('spanRules() names all of three parts that make the same member', () => {
  const attributes = [...request, text('http.url', 'https://shop.example.com/cart')]
  const found = rulesTo('http.response.content_length', { ...ids, kind: 'SPAN_KIND_SERVER', attributes })
  assert.deepEqual(found.map(([from]) => from), [
    'attributes.http.method',
    'attributes.http.status_code',
    'attributes.http.url',
  ])
  for (const [, , ...others] of found) assert.equal(others.length, 2)
})

test('spanRules() says that a part decides what another part is written as', () => {
  const span = { ...ids, kind: 'SPAN_KIND_SERVER', name: 'GET /cart', attributes: request }
  assert.deepEqual(rulesTo('name', span), [['kind', 'decides'], ['resource.service.name', 'moved']])
})

test('spanRules() examines only as many parts of a huge span as it can translate in a moment', () => {
  const attributes = Array.from({ length: 300 }, (_, i) => text(`k${i}`, 'v'.repeat(4000)))
  const span = { traceId: '5759e988bd862e3fe1be46a994272793', spanId: '53995c3f42cd8ad8', name: 'x', attributes }
  const { length } = spanRules({ resource: {}, scope: {}, span }, settings)
  assert.ok(length > 0 && length < 20, `${length} rules`)
})
