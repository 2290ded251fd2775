import { hex } from './otlp.ts'

/** A trace of a shop that calls payments and DynamoDB, where both fail. */
export function shopTrace({ user = 'ada' } = {}) {
  const now = Math.floor(Date.now() / 1000)
  const trace = `1-${now.toString(16)}-${hex(12)}`
  const [shop, call, carts, payments] = [hex(8), hex(8), hex(8), hex(8)]
  const documents = [
    {
      trace_id: trace,
      id: shop,
      name: 'shop',
      start_time: now,
      end_time: now + 2,
      fault: true,
      user,
      http: { request: { method: 'POST', url: 'https://shop.example.com/orders' }, response: { status: 502 } },
      annotations: { tier: 'gold' },
      subsegments: [
        { id: call, name: 'payments', namespace: 'remote', start_time: now + 0.1, end_time: now + 1.5, fault: true },
        {
          id: carts,
          name: 'DynamoDB',
          namespace: 'aws',
          start_time: now + 1.5,
          end_time: now + 1.6,
          error: true,
          throttle: true,
          aws: { table_name: 'carts' },
        },
      ],
    },
    {
      trace_id: trace,
      id: payments,
      parent_id: call,
      name: 'payments',
      start_time: now + 0.2,
      end_time: now + 1.4,
      fault: true,
    },
  ]
  return { trace, documents }
}
