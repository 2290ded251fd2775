import { type Context, context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Tracing } from './open-tracing.ts'

/** A step of a request: a service that answers it, or a call that the service makes. */
interface Step {
  /** The service that the span belongs to. */
  readonly service: string
  readonly name: string
  readonly kind: SpanKind
  /** The mean duration, in milliseconds. */
  readonly ms: number
  readonly attributes: Readonly<Record<string, string | number>>
  readonly steps?: readonly Step[]
  /** A failure, and the percentage of requests that have it. */
  readonly failure?: {
    readonly percent: number
    readonly status?: number
    readonly exception?: readonly [string, string]
  }
}

/** A span of a server. */
const server = (service: string, route: string, ms: number, steps: Step[], failure?: Step['failure']): Step => ({
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
  ...(failure === undefined ? {} : { failure }),
})

/** A call from one service to another: the caller's span, with the span of the called service in it. */
const callTo = (service: string, called: Step): Step => ({
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

/** A call to something that sends no spans. */
const callOutside = (
  service: string,
  name: string,
  ms: number,
  attributes: Step['attributes'],
  failure?: Step['failure'],
): Step => ({ service, name, kind: SpanKind.CLIENT, ms, attributes, ...(failure === undefined ? {} : { failure }) })

const dynamo = callOutside('catalog', 'DynamoDB.GetItem', 6, {
  'rpc.system': 'aws-api',
  'rpc.service': 'DynamoDB',
  'rpc.method': 'GetItem',
  'aws.table_name': 'products',
}, { percent: 8, status: 429, exception: ['ThrottlingException', 'Rate exceeded'] })
const redis = callOutside('catalog', 'GET product', 1, { 'db.system': 'redis', 'peer.service': 'cache' })
const search = callOutside('search', 'search products', 40, {
  'db.system': 'opensearch',
  'peer.service': 'search-index',
})
const postgres = callOutside('orders', 'INSERT orders', 120, {
  'db.system': 'postgresql',
  'db.name': 'orders',
  'db.statement': 'INSERT INTO orders (id, customer, total) VALUES ($1, $2, $3)',
  'peer.service': 'orders-db',
})
const queue = callOutside('orders', 'SQS.SendMessage', 9, {
  'rpc.system': 'aws-api',
  'rpc.service': 'SQS',
  'rpc.method': 'SendMessage',
  'aws.queue_url': 'https://sqs.us-west-2.amazonaws.com/123456789012/fulfilment',
})
const bank = callOutside('payments', 'POST', 180, {
  'http.request.method': 'POST',
  'url.full': 'https://bank.example.net/charge',
  'server.address': 'bank.example.net',
  'peer.service': 'bank',
}, { percent: 6, exception: ['TimeoutError', 'the bank did not answer within 2 s'] })

const payments = server('payments', '/charge', 190, [bank])
const catalog = server('catalog', '/products', 12, [redis, dynamo])
const orders = server('orders', '/orders', 340, [callTo('orders', payments), postgres, queue])
const fulfilment: Step = {
  service: 'fulfilment',
  name: 'fulfilment',
  kind: SpanKind.CONSUMER,
  ms: 60,
  attributes: { 'messaging.system': 'aws_sqs', 'messaging.operation': 'process' },
  steps: [callOutside('fulfilment', 'S3.PutObject', 25, {
    'rpc.system': 'aws-api',
    'rpc.service': 'S3',
    'rpc.method': 'PutObject',
  })],
}
/** What visitors of the shop do, with relative frequencies. */
const visits: readonly { readonly share: number; readonly step: Step }[] = [
  { share: 5, step: server('storefront', '/browse', 30, [callTo('storefront', catalog)]) },
  {
    share: 3,
    step: server('storefront', '/search', 60, [callTo('storefront', server('search', '/query', 45, [search]))], {
      percent: 4,
      status: 404,
    }),
  },
  {
    share: 2,
    step: server('storefront', '/checkout', 380, [callTo('storefront', catalog), callTo('storefront', orders)]),
  },
  { share: 1, step: fulfilment },
]

/** Sends the traces of a shop with several services until `signal` is aborted. @param perSecond traces per second */
export async function shopTraffic(tracing: Tracing, perSecond: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    visit(tracing)
    await new Promise((resolve) => setTimeout(resolve, (1000 / perSecond) * (0.5 + Math.random())))
  }
}

/** Sends one trace. */
function visit(tracing: Tracing): void {
  const total = visits.reduce((sum, { share }) => sum + share, 0)
  let rest = Math.random() * total
  const chosen = visits.find(({ share }) => (rest -= share) < 0) ?? visits[0]
  if (chosen !== undefined) run(tracing, chosen.step, ROOT_CONTEXT, Date.now() - chosen.step.ms * 2)
}

/**
 * Creates the spans of a step and of the steps in it.
 *
 * @param start Unix milliseconds
 * @returns when it ended, and whether it failed
 */
function run(tracing: Tracing, step: Step, parent: Context, start: number) {
  const { service, name, kind, attributes, ms, steps = [], failure } = step
  const span = tracing.tracer(service).startSpan(
    name,
    { kind, attributes: { ...attributes }, startTime: start },
    parent,
  )
  if (kind === SpanKind.SERVER && parent === ROOT_CONTEXT) {
    span.setAttributes({
      'enduser.id': `visitor-${Math.ceil(Math.random() * 40)}`,
      'visitor.tier': Math.random() < 0.3 ? 'gold' : 'silver',
      // As in the Collector's X-Ray exporter: the attributes that are named here become annotations.
      'aws.xray.annotations': ['visitor.tier'],
    })
  }
  const hasFailure = Math.random() * 100 < (failure?.percent ?? 0)
  let [now, isFaulty] = [start + 0.5, false]
  for (const inner of steps) {
    const done = run(tracing, inner, trace.setSpan(context.active(), span), now)
    now = done.end + 0.2
    isFaulty ||= done.isFault
  }
  const end = Math.max(now, start + ms * (steps.length > 0 ? 0.2 : 0.5 + Math.random()))
  const status = hasFailure ? failure?.status : isFaulty ? 502 : kind === SpanKind.SERVER ? 200 : undefined
  const isFault = isFaulty || (hasFailure && (status === undefined || status >= 500))
  if (status !== undefined) span.setAttribute('http.response.status_code', status)
  if (hasFailure && failure?.exception !== undefined) {
    const [type, message] = failure.exception
    span.recordException({ name: type, message, stack: `${type}: ${message}\n    at call (${service}.js:42:7)` }, end)
  }
  if (isFault || hasFailure) span.setStatus({ code: SpanStatusCode.ERROR })
  span.end(end)
  return { end, isFault }
}
