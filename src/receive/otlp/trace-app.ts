import type { ConnectRouter } from '@connectrpc/connect'
import { createFetchHandler } from '@connectrpc/connect/protocol'
import { type Context, Hono } from 'hono'
import { cors } from 'hono/cors'
import { EXPORT_PATH, unknownService } from './connect-routes.ts'
import type { Next, ReceiverContext } from '../../component/receiver.ts'
import { allowOrigin } from './allow-origin.ts'
import { exportTraces } from './export-traces.ts'

/** What the server passes with a request. */
export interface Bindings {
  /** Returns the address of the client. */
  readonly from: () => string
}

/** The HTTP routes of the trace service. */
export function traceApp(
  settings: { readonly maxBodySize: number; readonly allowedOrigins: readonly string[] },
  routes: ConnectRouter,
  next: Next,
  context: ReceiverContext,
): Hono<{ Bindings: Bindings }> {
  const app = new Hono<{ Bindings: Bindings }>()
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
        : serve(c.req.raw)
    })
  }
  app.notFound((c) => c.text(`404 not found: ${unknownService(c.req.path)}, POST /v1/traces`, 404))
  return app
}
