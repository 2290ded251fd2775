import assert from 'node:assert/strict'
import { test } from 'node:test'
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
