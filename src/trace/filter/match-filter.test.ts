import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { assembleTrace } from '../assemble-trace.ts'
import { indexTrace } from '../index-trace.ts'
import { matchFilter } from './match-filter.ts'
import { parseFilter } from './parse-filter.ts'

const trace_id = '1-5759e988-bd862e3fe1be46a994272793'
/** A shop whose order fails at a database, and a quick page that is ok. */
const faulty = indexed([
  {
    trace_id,
    id: '0000000000000001',
    name: 'shop',
    origin: 'AWS::EC2::Instance',
    start_time: 100,
    end_time: 102,
    fault: true,
    user: 'ada',
    http: {
      request: {
        method: 'POST',
        url: 'https://shop.example.com/orders',
        user_agent: 'curl/8',
        client_ip: '203.0.113.7',
      },
      response: { status: 502 },
    },
    aws: { account_id: '123456789012', ec2: { instance_id: 'i-1', availability_zone: 'us-west-2b' } },
    resource_arn: 'arn:aws:ec2:us-west-2:123456789012:instance/i-1',
    annotations: { tier: 'gold', age: 42, vip: true },
    subsegments: [
      {
        id: '0000000000000002',
        name: 'payments',
        namespace: 'remote',
        start_time: 100.1,
        end_time: 101.9,
        fault: true,
      },
      {
        id: '0000000000000003',
        name: 'DynamoDB',
        namespace: 'aws',
        start_time: 101.9,
        end_time: 101.95,
        error: true,
        throttle: true,
        aws: { table_name: 'carts' },
        http: { response: { status: 400 } },
      },
    ],
  },
  {
    trace_id,
    id: '0000000000000004',
    parent_id: '0000000000000002',
    name: 'payments',
    origin: 'AWS::ECS::Container',
    start_time: 100.2,
    end_time: 101.8,
    fault: true,
    http: { request: { method: 'POST', url: 'http://payments/pay' }, response: { status: 500 } },
    annotations: { 'order.total': 99.5 },
    cause: { exceptions: [{ id: 'x', type: 'TimeoutError', message: 'the bank did not answer' }] },
    subsegments: [{
      id: '0000000000000005',
      name: 'ledger@db',
      namespace: 'remote',
      start_time: 100.3,
      end_time: 101.7,
      fault: true,
      sql: { sanitized_query: 'SELECT 1' },
      cause: { exceptions: [{ id: 'y', type: 'PoolError', message: 'no connection' }] },
    }],
  },
])
const well = indexed([{
  trace_id,
  id: '0000000000000009',
  name: 'shop',
  start_time: 200,
  end_time: 200.05,
  http: { request: { method: 'GET', url: 'https://shop.example.com/' }, response: { status: 200 } },
}])
const running = indexed([{ trace_id, id: '000000000000000a', name: 'worker', start_time: 300, in_progress: true }])

function indexed(documents: object[]) {
  return indexTrace(assembleTrace(trace_id, documents.map((document) => JSON.stringify(document))))
}

/** Each expression with the traces that it matches: f(aulty), w(ell), r(unning). */
const table: readonly (readonly [expression: string, expected: string])[] = [
  ['ok', 'wr'],
  ['!ok', 'f'],
  ['fault', 'f'],
  ['fault = true', 'f'],
  ['fault = false', 'wr'],
  ['fault != true', 'wr'],
  ['FAULT', 'f'],
  ['!fault', 'wr'],
  ['!!fault', 'f'],
  ['error', ''],
  ['throttle', ''],
  ['partial', 'r'],
  ['!partial', 'fw'],
  ['inferred', 'f'],
  ['remote', 'f'],
  ['root', 'fwr'],
  ['responsetime > 1', 'f'],
  ['responseTime > 1', 'f'],
  ['responsetime >= 2', 'f'],
  ['responsetime = 0.05', 'w'],
  ['responsetime != 0.05', 'fr'],
  ['duration < 1', 'wr'],
  ['duration <= 5e-2', 'wr'],
  ['duration > .01 AND duration < 0.1', 'w'],
  ['http.status = 502', 'f'],
  ['http.status != 200', 'f'],
  ['http.status >= 200', 'fw'],
  ['http.status', 'fw'],
  ['!http.status', 'r'],
  ['http.url = "https://shop.example.com/"', 'w'],
  ['http.url CONTAINS "orders"', 'f'],
  ['http.url contains "shop"', 'fw'],
  ['http.url BEGINSWITH "https"', 'fw'],
  ['http.url ENDSWITH "/orders"', 'f'],
  ['http.url', 'fw'],
  ['!http.url', 'r'],
  ['http.method = "POST"', 'f'],
  ['http.method != "POST"', 'w'],
  ['http.useragent BEGINSWITH "curl"', 'f'],
  ['http.clientip = "203.0.113.7"', 'f'],
  ['user = "ada"', 'f'],
  ['user CONTAINS ""', 'f'],
  ['!user', 'wr'],
  ['name = "shop"', 'fw'],
  ['name = "payments"', ''],
  ['type = "AWS::EC2::Instance"', 'f'],
  ['message CONTAINS "bank"', 'f'],
  ['availabilityzone = "us-west-2b"', 'f'],
  ['instance.id = "i-1"', 'f'],
  ['resource.arn ENDSWITH "i-1"', 'f'],
  ['annotation.tier', 'f'],
  ['!annotation.tier', 'wr'],
  ['annotation.tier = "gold"', 'f'],
  ['annotation[tier] = "gold"', 'f'],
  ['annotation["tier"] = "gold"', 'f'],
  ['annotation.tier != "gold"', ''],
  ['annotation.tier BEGINSWITH "go"', 'f'],
  ['annotation.age > 40', 'f'],
  ['annotation.age <= 41', ''],
  ['annotation.age = "42"', ''],
  ['annotation.vip = true', 'f'],
  ['annotation.vip != true', ''],
  ['annotation.order.total >= 99.5', 'f'],
  ['service("payments")', 'f'],
  ['service("payments") { fault }', 'f'],
  ['service("payments") { ok }', ''],
  ['!service("payments")', 'wr'],
  ['service() { error }', 'f'],
  ['service("carts") { throttle }', 'f'],
  ['service("carts") { inferred }', 'f'],
  ['service("shop") { root AND fault }', 'f'],
  ['service("shop") { responsetime < 1 }', 'w'],
  ['service(id(name: "payments", type: "AWS::ECS::Container")) { http.status = 500 }', 'f'],
  ['service(id(type: "Database::SQL")) { fault }', 'f'],
  ['service(id(account.id: "123456789012"))', 'f'],
  ['edge("shop", "payments")', 'f'],
  ['edge("shop", "payments") { responsetime > 1.7 }', 'f'],
  ['edge("shop", "payments") { ok }', ''],
  ['edge("payments", "shop")', ''],
  ['edge(id(type: "client"), "shop") { fault }', 'f'],
  ['edge("payments", id(name: "ledger@db"))', 'f'],
  ['rootcause.fault.service { name = "ledger@db" }', 'f'],
  ['rootcause.fault.entity { name = "payments" AND remote }', 'f'],
  ['rootcause.fault.exception { message CONTAINS "connection" }', 'f'],
  ['rootcause.fault.exception { name = "PoolError" }', 'f'],
  ['rootcause.error.service', 'f'],
  ['rootcause.responsetime.entity { coverage > 0.85 AND name = "payments" }', 'f'],
  ['rootcause.json = #[{"Services": [{"Name": "shop", "EntityPath": [{"Name": "shop"}]}]}]', 'fw'],
  ['rootcause.json = #[{"Name": "shop"}, {"Name": "payments"}]', 'f'],
  ['fault OR responsetime < 0.1', 'fwr'],
  ['fault AND responsetime < 0.1', ''],
  ['ok !partial duration <3', 'w'],
  ['http.status = 200 OR fault AND user = "ada"', 'fw'],
  ['(http.status = 200 OR fault) AND user = "ada"', 'f'],
  ['!(fault OR partial)', 'w'],
  ['service("payments") { fault } AND !annotation.tier', ''],
  ['group.name = "vip"', 'f'],
  ['group.name != "vip"', 'wr'],
  ['group.name = "unknown"', ''],
]

test('matchFilter() is true of the traces that each expression describes', () => {
  const vip = parseFilter('annotation.vip = true')
  for (const [expression, expected] of table) {
    const parsed = parseFilter(expression)
    const found = Object.entries({ f: faulty, w: well, r: running })
      .filter(([, trace]) => matchFilter(parsed, trace, (_, value) => (value === 'vip' ? vip : undefined)))
    assert.equal(found.map(([key]) => key).join(''), expected, expression)
  }
})

test('parseFilter() says where an expression is wrong, and what was expected', () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['responsetime >', /Expected a number after ">", found the end, at character 15/],
    ['responsetime > "1"', /Expected a number after ">", found a text, at character 16/],
    ['fault AND', /Expected a keyword.*found the end/],
    ['fault )', /Expected AND, OR or the end, found "\)", at character 7/],
    ['(fault', /Expected "\)", found the end/],
    ['http.url > "x"', /Expected one of = != CONTAINS BEGINSWITH ENDSWITH, found ">"/],
    ['http.url = x', /Expected a text in quotes after "=", found "x"/],
    ['colour = "red"', /Expected a keyword.*found "colour", at character 1/],
    ['user = "ada', /no closing quote, at character 8/],
    ['service(shop)', /name of a service in quotes/],
    ['edge("a")', /Expected ",", found "\)"/],
    ['annotation.', /Expected annotation.NAME/],
    ['annotation.x > "a"', /Expected a number after ">"/],
    ['rootcause.colour.service', /rootcause.fault.service/],
    ['rootcause.json = [1]', /Expected JSON after "#"/],
    ['rootcause.json = #[{"x": 1}]', /Services/],
    ['fault = maybe', /Expected true or false/],
    ['fault ; ok', /";" has no meaning here, at character 7/],
    ['('.repeat(200), /less deep/],
  ]
  for (const [expression, message] of wrong) assert.throws(() => parseFilter(expression), message, expression)
})

test('parseFilter() either reads any text or throws a FilterError', () => {
  const pieces = table.flatMap(([expression]) => expression.split(/(\s+|[(){}!=<>]+)/)).concat([
    '#',
    '[',
    '"',
    '\\',
    '::',
  ])
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join(' '))
  fc.assert(
    fc.property(fc.oneof(text, fc.string()), (expression) => {
      try {
        for (const trace of [faulty, well, running]) matchFilter(parseFilter(expression), trace)
      } catch (error) {
        assert.equal(error instanceof Error && error.name, 'FilterError', `${expression}: ${String(error)}`)
      }
    }),
    { numRuns: 5000 },
  )
})

test('parseFilter() rejects more conditions than can be evaluated', () => {
  assert.doesNotThrow(() => parseFilter(Array(200).fill('fault').join(' OR ')))
  for (const count of [201, 1000, 20_000]) {
    assert.throws(() => parseFilter(Array(count).fill('fault').join(' ')), /Expected an expression of at most 200/)
  }
})

test('matchFilter() evaluates groups that name each other many times once on each level', () => {
  const expression = parseFilter(Array(200).fill('group.name = "a" OR group.name != "b"').slice(0, 100).join(' OR '))
  let lookups = 0
  matchFilter(parseFilter('group.name = "a"'), faulty, () => {
    lookups++
    return expression
  })
  assert.ok(lookups < 20, `${lookups} groups were looked up`)
})
