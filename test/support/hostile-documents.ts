import { hex } from './otlp.ts'
import type { Random } from './random.ts'

/** Values that a faulty or hostile sender puts where another type belongs, as JSON: some cannot be written by JSON.stringify. */
const oddValues = [
  'null',
  'true',
  '0',
  '-1',
  '1e300',
  '1.7e308',
  '1e400',
  '8.7e12',
  '""',
  '"text"',
  '"\\u0000\\ud800\\u001b[2J\\u202e"',
  `"${'x'.repeat(3000)}"`,
  '[]',
  '[[]]',
  '[null]',
  '[1,"a",{}]',
  '{}',
  '{"toString":1}',
  '{"toString":"x","valueOf":1}',
  '{"__proto__":{"a":1}}',
  '{"constructor":{"prototype":1}}',
  '{"length":1e9}',
  `${'['.repeat(200)}${']'.repeat(200)}`,
  `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`,
]

/** Names that objects of JavaScript have by themselves. */
const oddNames = ['constructor', '__proto__', 'toString', 'hasOwnProperty', '']

/** A segment with every member that the store and the page read. */
export function fullSegment(): object {
  const now = Date.now() / 1000
  const times = { start_time: now - 1, end_time: now }
  return {
    trace_id: `1-${Math.floor(now).toString(16)}-${hex(12)}`,
    id: hex(8),
    name: 'shop',
    origin: 'AWS::EC2::Instance',
    user: 'ada',
    resource_arn: 'arn:aws:ec2:us-west-2:123456789012:instance/i-1',
    ...times,
    fault: true,
    http: {
      request: { method: 'GET', url: 'https://shop.example/orders', user_agent: 'a', client_ip: '203.0.113.7' },
      response: { status: 500 },
    },
    aws: {
      account_id: '1',
      operation: 'Get',
      region: 'eu',
      request_id: 'r',
      ec2: { instance_id: 'i' },
      xray: { sdk: 's' },
    },
    service: { version: '1' },
    annotations: { tier: 'gold', age: 42, vip: true },
    metadata: { default: { list: [1, { a: 'b' }] } },
    cause: {
      exceptions: [{ id: hex(8), type: 'Error', message: 'no', stack: [{ path: '/a.js', line: 3, label: 'f' }] }],
    },
    links: [{ trace_id: `1-5759e988-${hex(12)}`, id: hex(8), attributes: { a: 1 } }],
    subsegments: [{
      id: hex(8),
      name: 'db',
      namespace: 'remote',
      ...times,
      sql: { sanitized_query: 'SELECT 1', url: 'pg://db' },
      subsegments: [{ id: hex(8), name: 'DynamoDB', namespace: 'aws', ...times, aws: { table_name: 't' } }],
    }],
  }
}

/** A document as a fuzzer makes it: some of its members have another type, or another name. @returns JSON */
export function fuzzedDocument(random: Random): string {
  const marks: string[] = []
  const mark = (): string => {
    marks.push(random.pick(oddValues) ?? 'null')
    return `odd value ${marks.length - 1}`
  }
  const change = (value: unknown, share: number): unknown => {
    if (random.isTrue(share)) return mark()
    if (Array.isArray(value)) return value.map((entry) => change(entry, share))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).filter(() => !random.isTrue(share / 4)).map(([name, inner]) => [
        random.isTrue(share / 10) ? random.pick(oddNames) ?? '' : name,
        change(inner, share),
      ]),
    )
  }
  const share = random.pick([0.02, 0.05, 0.2]) ?? 0.05
  const changed = Object.entries(fullSegment()).map(([name, value]) => [name, change(value, share)])
  const json = JSON.stringify(Object.fromEntries(changed))
  const text = json.replace(/"odd value (\d+)"/g, (_, index) => marks[Number(index)] ?? 'null')
  return random.isTrue(0.1) ? `[${text},${random.pick(oddValues) ?? '1'}]` : text
}
