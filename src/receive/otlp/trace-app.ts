import type { ConnectRouter } from '@connectrpc/connect'
import { createFetchHandler } from '@connectrpc/connect/protocol'
import { type Context, Hono } from 'hono'
import { cors } from 'hono/cors'
import { EXPORT_PATH, unknownService } from './connect-routes.ts'
import type { Next, ReceiverContext } from '../../component/receiver.ts'
import { allowOrigin } from './allow-origin.ts'
import { rejectCrossSite } from '../reject-cross-site.ts'
import { readBody } from '../read-body.ts'
import { rejectionHeaders, rejectionOf } from '../rejection.ts'
import { exportTraces } from './export-traces.ts'

/** What a body of gRPC-Web or Connect may have besides its message, and over what Connect rejects it itself; in bytes. */
const GUARD_BYTES = 1 << 20

/** What the server passes with a request. */
export interface Bindings {
  /** Returns the address of the client. */
  readonly from: () => string
}

/** The HTTP routes of the trace service. */
export function traceApp(
  settings: {
    readonly host: string
    readonly maxBodySize: number
    readonly allowedOrigins: readonly string[]
  },
  routes: ConnectRouter,
  next: Next,
  context: ReceiverContext,
): Hono<{ Bindings: Bindings }> {
  const app = new Hono<{ Bindings: Bindings }>()
  const rules = {
    host: settings.host,
    allows: (origin: string) => allowOrigin(origin, settings.allowedOrigins) !== null,
    key: 'receive.otlp.http.allowedOrigins',
  }
  app.use(async (c, next) => rejectCrossSite(c.req.raw, rules) ?? await next())
  if (settings.allowedOrigins.length > 0) {
    app.use(cors({
      origin: (origin) => allowOrigin(origin, settings.allowedOrigins),
      allowMethods: ['POST', 'GET', 'OPTIONS'],
      exposeHeaders: ['grpc-status', 'grpc-message', 'grpc-status-details-bin', 'retry-after'],
      credentials: true,
      maxAge: 7200,
    }))
  }
  const handleExport = (c: Context<{ Bindings: Bindings }>) =>
    exportTraces(c.req.raw, c.env.from, settings.maxBodySize, next, context)
  app.post('/v1/traces', handleExport)
  app.all('/v1/traces', (c) => {
    c.header('allow', 'POST')
    return c.text(`405 method not allowed: ${c.req.method}; traces are sent by POST`, 405)
  })
  for (const handler of routes.handlers) {
    const serve = createFetchHandler(handler)
    app.all(handler.requestPath, (c) => {
      // Connect's JSON form of the schema would be base64; clients that send JSON here send OTLP/JSON.
      const isJson = c.req.header('content-type')?.startsWith('application/json') === true
      return handler.requestPath === EXPORT_PATH && isJson && c.req.method === 'POST'
        ? handleExport(c)
        : serveCounted(c.req.raw, serve, settings.maxBodySize + GUARD_BYTES, context)
    })
  }
  app.onError((error) => {
    context.report.requestFailed(error.message)
    return new Response('Internal error', { status: 500 })
  })
  app.notFound((c) => c.text(`404 not found: ${unknownService(c.req.path)}, POST /v1/traces`, 404))
  return app
}

/** Serves a request by a handler of Connect, whose body counts as in flight until it is read. */
async function serveCounted(
  request: Request,
  serve: (request: Request) => Promise<Response>,
  maxBytes: number,
  { inFlight, report }: ReceiverContext,
): Promise<Response> {
  if (request.body === null) return await serve(request)
  const { url, method, headers, signal } = request
  try {
    return await readBody(
      request,
      maxBytes,
      inFlight,
      (body) => serve(new Request(url, { method, headers, body, signal })),
    )
  } catch (error) {
    const rejection = rejectionOf(error)
    report.requestFailed(rejection.message)
    return new Response(rejection.message, { status: rejection.httpStatus, headers: rejectionHeaders(rejection) })
  }
}
