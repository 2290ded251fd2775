import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import { context, propagation, type Span, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api'
import { Hono } from 'hono'
import { errorMessage } from '../errors/error-message.ts'
import { toXrayTraceId } from '../trace/trace-id.ts'

/** What the sample app calls. */
export interface SampleSettings {
  /** A page on the internet. */
  readonly page: string
  /** The URL that the app itself is served at; call it once the app listens. */
  readonly self: () => string
  /** The endpoint of S3; undefined for AWS's. */
  readonly s3Endpoint: string | undefined
  readonly region: string
}

/**
 * The sample application of the AWS Distro for OpenTelemetry, instrumented as any application: each route answers with
 * the id of its trace, in X-Ray's form.
 */
export function sampleApp(tracer: Tracer, settings: SampleSettings): Hono {
  const app = new Hono()
  app.use(async (c, next) => {
    const parent = propagation.extract(context.active(), c.req.header())
    const { pathname, protocol, host } = new URL(c.req.url)
    const attributes = {
      'http.request.method': c.req.method,
      'url.path': pathname,
      'url.scheme': protocol.replace(':', ''),
      'server.address': host,
      'http.route': pathname,
      'user_agent.original': c.req.header('user-agent') ?? '',
    }
    await tracer.startActiveSpan(
      `${c.req.method} ${pathname}`,
      { kind: SpanKind.SERVER, attributes },
      parent,
      async (span) => {
        await next()
        span.setAttribute('http.response.status_code', c.res.status)
        if (c.res.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
        const body = { traceId: toXrayTraceId(span.spanContext().traceId) }
        c.res = Response.json(body, { status: c.res.status })
        span.end()
      },
    )
  })
  app.get('/', (c) => c.text('healthy'))
  app.get('/outgoing-http-call', async (c) => c.text('', await call(tracer, settings.page) ? 200 : 502))
  app.get('/outgoing-sampleapp', async (c) => c.text('', await call(tracer, `${settings.self()}/`) ? 200 : 502))
  app.get('/aws-sdk-call', async (c) => c.text('', await listBuckets(tracer, settings) ? 200 : 500))
  return app
}

/** Calls a URL and propagates the trace context. @returns whether the response has a 2xx status */
function call(tracer: Tracer, url: string): Promise<boolean> {
  const { hostname } = new URL(url)
  const attributes = { 'http.request.method': 'GET', 'url.full': url, 'server.address': hostname }
  return within(tracer, 'GET', attributes, async (span) => {
    const headers: Record<string, string> = {}
    propagation.inject(context.active(), headers)
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(3000) })
    span.setAttribute('http.response.status_code', response.status)
    await response.arrayBuffer()
    return response.ok
  })
}

function listBuckets(tracer: Tracer, { s3Endpoint, region }: SampleSettings): Promise<boolean> {
  const attributes = {
    'rpc.system': 'aws-api',
    'rpc.service': 'S3',
    'rpc.method': 'ListBuckets',
    'aws.region': region,
  }
  return within(tracer, 'S3.ListBuckets', attributes, async () => {
    const fake = s3Endpoint === undefined
      ? {}
      : { endpoint: s3Endpoint, credentials: { accessKeyId: 'demo', secretAccessKey: 'demo' }, forcePathStyle: true }
    const client = new S3Client({ region, maxAttempts: 1, ...fake })
    await client.send(new ListBucketsCommand({})).finally(() => client.destroy())
    return true
  })
}

/** Runs a function in a client span, which records what it throws. @returns false if it throws, else what it returns */
function within(
  tracer: Tracer,
  name: string,
  attributes: Record<string, string>,
  fn: (span: Span) => Promise<boolean>,
): Promise<boolean> {
  return tracer.startActiveSpan(name, { kind: SpanKind.CLIENT, attributes }, async (span) => {
    try {
      return await fn(span)
    } catch (error) {
      span.recordException(error instanceof Error ? error : String(error))
      span.setStatus({ code: SpanStatusCode.ERROR, message: errorMessage(error) })
      return false
    } finally {
      span.end()
    }
  })
}
