import { type Context, context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Tracing } from './open-tracing.ts'

/** A step of a request: a service that answers, or something that is called. */
interface Step {
  /** The service whose span it is. */
  readonly service: string
  readonly name: string
  readonly kind: SpanKind
  /** Milliseconds, on the average. */
  readonly ms: number
  readonly attributes: Readonly<Record<string, string | number>>
  readonly steps?: readonly Step[]
  /** What goes wrong, and in how many of 100 requests. */
  readonly trouble?: {
    readonly percent: number
    readonly status?: number
    readonly exception?: readonly [string, string]
  }
}

const server = (service: string, route: string, ms: number, steps: Step[], trouble?: Step['trouble']): Step => ({
  service,
  name: `POST ${route}`,
  kind: SpanKind.SERVER,
  ms,
  attributes: {
    'http.request.method': 'POST',
    'url.scheme': 'https',
    'server.address': `${service}.example.com`,
    'url.path': route,
  },
  steps,
  ...(trouble === undefined ? {} : { trouble }),
})

/** A call from one service to another: the caller's span, with that of the called service in it. */
const to = (service: string, called: Step): Step => ({
  service,
  name: called.name,
  kind: SpanKind.CLIENT,
  ms: called.ms + 2,
  attributes: {
    'http.request.method': 'POST',
    'url.full': `https://${called.service}.example.com${String(called.attributes['url.path'])}`,
    'server.address': `${called.service}.example.com`,
    'peer.service': called.service,
  },
  steps: [called],
})

const outside = (
  service: string,
  name: string,
  ms: number,
  attributes: Step['attributes'],
  trouble?: Step['trouble'],
): Step => ({ service, name, kind: SpanKind.CLIENT, ms, attributes, ...(trouble === undefined ? {} : { trouble }) })

const dynamo = outside('catalog', 'DynamoDB.GetItem', 6, {
  'rpc.system': 'aws-api',
  'rpc.service': 'DynamoDB',
  'rpc.method': 'GetItem',
  'aws.table_name': 'products',
}, { percent: 8, status: 429, exception: ['ThrottlingException', 'Rate exceeded'] })
const redis = outside('catalog', 'GET product', 1, { 'db.system': 'redis', 'peer.service': 'cache' })
const search = outside('search', 'search products', 40, { 'db.system': 'opensearch', 'peer.service': 'search-index' })
const postgres = outside('orders', 'INSERT orders', 120, {
  'db.system': 'postgresql',
  'db.name': 'orders',
  'db.statement': 'INSERT INTO orders (id, customer, total) VALUES ($1, $2, $3)',
  'peer.service': 'orders-db',
})
const queue = outside('orders', 'SQS.SendMessage', 9, {
  'rpc.system': 'aws-api',
  'rpc.service': 'SQS',
  'rpc.method': 'SendMessage',
  'aws.queue_url': 'https://sqs.us-west-2.amazonaws.com/123456789012/fulfilment',
})
const bank = outside('payments', 'POST', 180, {
  'http.request.method': 'POST',
  'url.full': 'https://bank.example.net/charge',
  'server.address': 'bank.example.net',
  'peer.service': 'bank',
}, { percent: 6, exception: ['TimeoutError', 'the bank did not answer within 2 s'] })

const payments = server('payments', '/charge', 190, [bank])
const catalog = server('catalog', '/products', 12, [redis, dynamo])
const orders = server('orders', '/orders', 340, [to('orders', payments), postgres, queue])
const fulfilment: Step = {
  service: 'fulfilment',
  name: 'fulfilment',
  kind: SpanKind.CONSUMER,
  ms: 60,
  attributes: { 'messaging.system': 'aws_sqs', 'messaging.operation': 'process' },
  steps: [outside('fulfilment', 'S3.PutObject', 25, {
    'rpc.system': 'aws-api',
    'rpc.service': 'S3',
    'rpc.method': 'PutObject',
  })],
}
/** What visitors of the shop do, and how often. */
const visits: readonly { readonly share: number; readonly step: Step }[] = [
  { share: 5, step: server('storefront', '/browse', 30, [to('storefront', catalog)]) },
  {
    share: 3,
    step: server('storefront', '/search', 60, [to('storefront', server('search', '/query', 45, [search]))], {
      percent: 4,
      status: 404,
    }),
  },
  { share: 2, step: server('storefront', '/checkout', 380, [to('storefront', catalog), to('storefront', orders)]) },
  { share: 1, step: fulfilment },
]

/** Sends the traces of a shop with several services, as if visitors came, until `signal` is aborted. */
export async function shopTraffic(tracing: Tracing, perSecond: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    visit(tracing)
    await new Promise((resolve) => setTimeout(resolve, (1000 / perSecond) * (0.5 + Math.random())))
  }
}

function visit(tracing: Tracing): void {
  const total = visits.reduce((sum, { share }) => sum + share, 0)
  let at = Math.random() * total
  const chosen = visits.find(({ share }) => (at -= share) < 0) ?? visits[0]
  if (chosen !== undefined) run(tracing, chosen.step, ROOT_CONTEXT, Date.now() - chosen.step.ms * 2)
}

/** Makes the span of a step and of those in it; gives when it ended and whether it went wrong. */
function run(tracing: Tracing, step: Step, parent: Context, start: number) {
  const { service, name, kind, attributes, ms, steps = [], trouble } = step
  const span = tracing.tracer(service).startSpan(
    name,
    { kind, attributes: { ...attributes }, startTime: start },
    parent,
  )
  if (kind === SpanKind.SERVER && parent === ROOT_CONTEXT) {
    span.setAttributes({
      'enduser.id': `visitor-${Math.ceil(Math.random() * 40)}`,
      'visitor.tier': Math.random() < 0.3 ? 'gold' : 'silver',
      // As the collector's exporter for X-Ray has it: what is named here becomes an annotation.
      'aws.xray.annotations': ['visitor.tier'],
    })
  }
  const isIll = Math.random() * 100 < (trouble?.percent ?? 0)
  let [now, isFaulty] = [start + 0.5, false]
  for (const inner of steps) {
    const done = run(tracing, inner, trace.setSpan(context.active(), span), now)
    now = done.end + 0.2
    isFaulty ||= done.isFault
  }
  const end = Math.max(now, start + ms * (steps.length > 0 ? 0.2 : 0.5 + Math.random()))
  const status = isIll ? trouble?.status : isFaulty ? 502 : kind === SpanKind.SERVER ? 200 : undefined
  const isFault = isFaulty || (isIll && (status === undefined || status >= 500))
  if (status !== undefined) span.setAttribute('http.response.status_code', status)
  if (isIll && trouble?.exception !== undefined) {
    const [type, message] = trouble.exception
    span.recordException({ name: type, message, stack: `${type}: ${message}\n    at call (${service}.js:42:7)` }, end)
  }
  if (isFault || isIll) span.setStatus({ code: SpanStatusCode.ERROR })
  span.end(end)
  return { end, isFault }
}
